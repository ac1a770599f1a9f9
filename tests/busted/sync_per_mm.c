/* SPDX-License-Identifier: GPL-2.0 */
/*
 * per-mm: the upstream series v4 as it was sent, but for its barriers: walkers publish the
 * mm they walk, and a sync interrupts those that walk the mm whose gather it is. That
 * earlier unsharers of a table may have walkers inside that no sync has waited for, it does
 * not know (pt_withdrawal.owed). Two mms never show it; three do.
 *
 *	CPU0 walker in A1		CPU1 A1 unmaps, A2 unmaps, then P
 *	pud = read PUD
 *					A1: clear PUD; NMI flush returns
 *					    two sharers are left: no sync
 *					A2: clear PUD; NMI flush returns
 *					    no CPU walks A2: no wait
 *					P, the last owner, changes the table as its own
 *	pmd = read PMD
 *
 * Where every flush waits, A1's has waited for CPU0.
 */
#include <kernel/shared.h>
#include <mm/pt_sync.h>
#include <mm/pt_walk.h>
#include <tests/busted_case.h>

static bool per_mm_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return false;
}

static unsigned int per_mm_wait(const struct pt_withdrawal *w)
{
	struct cpumask cpus = {0};
	unsigned int cpu;

	smp_mb(); /* [Y] of <mm/pt_walk.h> */
	for_each_online_cpu (cpu) {
		struct mm_struct **walked = per_cpu_ptr(&active_lockless_pt_walk_mm, cpu);

		if (shared_read(SITE_WALK, walked) == w->mm)
			__cpumask_set_cpu(cpu, &cpus);
	}
	return pt_sync_interrupt(&cpus);
}

static const struct pt_sync_policy per_mm = {
	.name = "per-mm",
	.help = "busted: interrupt the CPUs that publish this mm, forget earlier sharers: series v4",
	.sound_on = FLUSH_WAITS_ALWAYS,
	.publish_walks = true,
	.covers = per_mm_covers,
	.wait = per_mm_wait,
	.defer = call_rcu,
};
PT_SYNC_POLICY(per_mm);

BUSTED_CASE(per_mm, "per-mm", "flush=invlpgb-nmi ops=unshare oracles=walks");
