/* SPDX-License-Identifier: GPL-2.0 */
/*
 * broadcast: Linux today. Whatever the flush did, interrupt every other CPU and wait.
 *
 * Assumes of the walker: interrupts off. Costs n - 1 interrupts for each wait, also on
 * CPUs that never ran the mm.
 */
#include <mm/pt_sync.h>

static bool broadcast_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return false;
}

static const struct pt_sync_policy broadcast = {
	.name = "broadcast",
	.help = "interrupt every other CPU after the flush: Linux 7.3",
	.sound_on = SOUND_ON_ALL,
	.covers = broadcast_covers,
	.wait = pt_sync_wait_all,
	.defer = call_rcu,
};
PT_SYNC_POLICY(broadcast);
