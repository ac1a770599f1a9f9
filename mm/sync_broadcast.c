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

static unsigned int broadcast_wait(const struct pt_withdrawal *w)
{
	return tlb_remove_table_sync_one();
}

static const struct pt_sync_policy broadcast = {
	.name = "broadcast",
	.help = "interrupt every other CPU after the flush: Linux 7.3",
	.sound_on = SOUND_ON_ALL,
	.covers = broadcast_covers,
	.wait = broadcast_wait,
	.defer = call_rcu,
};
PT_SYNC_POLICY(broadcast);
