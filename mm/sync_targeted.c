/* SPDX-License-Identifier: GPL-2.0 */
/*
 * targeted: the upstream series v4, mended. Walkers say which mm they walk; only the CPUs
 * that say so are interrupted.
 *
 * Assumes of the walker: interrupts off, and the bracket of <mm/pt_walk.h>, whose full
 * barrier costs it a locked instruction a walk (v4 measured 3 %, with a barrier that was too
 * weak). A wait costs one read for each CPU, and one interrupt for each walker.
 *
 * v4 waited for the mm at hand only. A shared table may still have walkers of mms that
 * unshared it before, so each unsharer leaves behind which CPUs it saw walking (pt_owe()).
 *
 * Source: Linux series v4, tlb_remove_table_sync_mm(); the barriers as P. Zijlstra asked.
 */
#include <kernel/busted.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <mm/pt_sync.h>
#include <mm/pt_walk.h>

DEFINE_BUSTED(targeted_no_mb, "targeted: no barrier before asking who walks (series v4)");

static bool targeted_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return false;
}

static bool walks(unsigned int cpu, const struct mm_struct *mm)
{
	/* A walk that is over has read all: pairs with pt_walk_lockless_end(). */
	return shared_read(SITE_WALK, &per_cpu(active_lockless_pt_walk_mm, cpu)) == mm;
}

static void targeted_may_walk(struct mm_struct *mm, struct cpumask *cpus)
{
	unsigned int cpu;

	if (!busted(targeted_no_mb))
		smp_mb(); /* [Y] of <mm/pt_walk.h> */
	for_each_online_cpu (cpu)
		if (walks(cpu, mm))
			__cpumask_set_cpu(cpu, cpus);
}

static const struct pt_sync_policy targeted = {
	.name = "targeted",
	.help = "walkers publish their mm (a barrier each); interrupt those alone: series v4",
	.sound_on = SOUND_ON_ALL,
	.publish_walks = true,
	.covers = targeted_covers,
	.may_walk = targeted_may_walk,
	.wait = pt_sync_wait_may_walk,
	.defer = call_rcu,
};
PT_SYNC_POLICY(targeted);
