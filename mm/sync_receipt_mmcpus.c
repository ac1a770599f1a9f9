/* SPDX-License-Identifier: GPL-2.0 */
/*
 * receipt-mmcpus: no second IPI where the flush itself waited, as its receipt says; where it
 * did not, interrupt only the CPUs in the masks of the mms that walk or walked the table.
 *
 * What one would want of Linux if both ideas hold: on native IPIs it sends nothing, on
 * INVLPGB it sends no more than the flush would have without it. It assumes of the walker
 * what receipt and mmcpus assume (see there), and costs nothing on the walker's path.
 */
#include <mm/pt_sync.h>

static bool receipt_mmcpus_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return !w->owed && pt_receipt_covers(w, r);
}

static const struct pt_sync_policy receipt_mmcpus = {
	.name = "receipt-mmcpus",
	.help = "no second IPI if this flush waited, else only CPUs in the walked mms' masks",
	.sound_on = SOUND_ON_ALL,
	.covers = receipt_mmcpus_covers,
	.may_walk = mm_cpumask_may_walk,
	.wait = pt_sync_wait_may_walk,
	.defer = call_rcu,
};
PT_SYNC_POLICY(receipt_mmcpus);
