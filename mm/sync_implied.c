/* SPDX-License-Identifier: GPL-2.0 */
/*
 * implied: the upstream series, v5 to v10. A property of the machine, decided once: the
 * remote flush is the native one by IPI, and there is no INVLPGB. Then every flush is
 * taken to have waited, whether there was one or not.
 *
 * Assumes of the walker: interrupts off, and that it walks the mm that its CPU has loaded,
 * not lazily (as for receipt: not perf's walk in an NMI). Assumes of every caller: that a flush of the
 * same mm came after the withdrawal. Nothing checks that; it is what was objected to.
 */
#include <mm/pt_sync.h>

static bool implied_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return flush_backend()->native_ipi;
}

static const struct pt_sync_policy implied = {
	.name = "implied",
	.help = "no second IPI if flushes are native IPIs, decided at boot: series v5-v10",
	.sound_on = SOUND_ON_ALL,
	.covers = implied_covers,
	.wait = pt_sync_wait_all,
	.defer = call_rcu,
};
PT_SYNC_POLICY(implied);
