/* SPDX-License-Identifier: GPL-2.0 */
/*
 * receipt: ours. The second IPI is left out for exactly those withdrawals whose own
 * flush waited: its receipt names the same mm, is younger than the withdrawal, and says
 * so; and no earlier unsharer of the table is owed a wait. Else broadcast.
 *
 * Assumes of the walker: interrupts off, and that it walks the mm that its CPU has loaded,
 * not lazily: that is what a receipt speaks of. GUP-fast does; an NMI that walks current->mm
 * with another mm loaded does not, on any backend, unless it asks first (<mm/perf_walk.h>).
 * Costs nothing on the walker's path, and a comparison here.
 */
#include <mm/pt_sync.h>

static bool receipt_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return !w->owed && pt_receipt_covers(w, r);
}

static const struct pt_sync_policy receipt = {
	.name = "receipt",
	.help = "no second IPI if the receipt of this very flush says it waited",
	.sound_on = SOUND_ON_ALL,
	.covers = receipt_covers,
	.wait = pt_sync_wait_all,
	.defer = call_rcu,
};
PT_SYNC_POLICY(receipt);
