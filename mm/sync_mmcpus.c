/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmcpus: interrupt the CPUs in mm_cpumask of the walked mms, and no others.
 *
 * Assumes of the walker: interrupts off, and that it walks the mm that its CPU has loaded.
 * Then its CPU entered the mask, with a full barrier, before the walk began, and leaves it
 * only by an interrupt handler or a switch of its own, so not before the walk ends. An NMI
 * may walk a current->mm that is not loaded (<mm/perf_walk.h>). It is covered while the CPU
 * is still in the mask: not in the course of kthread_use_mm(), before it enters; nor under a
 * temporary mm once a flush has taken it out; nor, with mask=eager, after any switch.
 *
 * Costs nothing on the walker's path. A wait costs an interrupt for each CPU that runs the
 * mm, walks or not, lazy ones included; and those that ran it, until the mask is trimmed.
 *
 * A shared table may still have walkers of mms that unshared it before: each unsharer
 * leaves its mask behind (pt_owe()).
 */
#include <mm/pt_sync.h>

static bool mmcpus_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return false;
}

static const struct pt_sync_policy mmcpus = {
	.name = "mmcpus",
	.help = "interrupt only CPUs in the masks of the mms that walk or walked the table",
	.sound_on = SOUND_ON_ALL,
	.covers = mmcpus_covers,
	.may_walk = mm_cpumask_may_walk,
	.wait = pt_sync_wait_may_walk,
	.defer = call_rcu,
};
PT_SYNC_POLICY(mmcpus);
