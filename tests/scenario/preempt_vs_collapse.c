/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PTE table is withdrawn and deposited while the vCPU that walks it is preempted.
 *
 *	CPU0 collapse_huge_page()	CPU1 gup_fast_only(), a vCPU
 *					pmd = read PMD
 *					(preempted)
 *	clear PMD
 *	flush: CPU1 is left out, its
 *	   host will flush
 *	sync: receipt says "not waited"
 *	deposit the table
 *					(resumed, flushed)
 *					pte = read PTE
 */
#include <tests/scenario_range.h>

#define PV .flush = "pv", .preemptions = 1
static const struct scenario_case cases[] = {
	{PV, .policy = "broadcast", .useful = USEFUL, .slow = true},
	{PV, .policy = "receipt", .useful = USEFUL},
	{PV, .policy = "targeted", .useful = USEFUL},
	{PV, .policy = "mmcpus", .useful = USEFUL, .slow = true},
	/* KVM's flush taken for one that waits: series v4, S. Christopherson. */
	{PV, .policy = "implied-kvm", RED_BY("walks")},
	{PV, .policy = "never", RED_BY("walks")},
	{},
};

static const struct scenario preempt_vs_collapse = {
	.name = "preempt_vs_collapse",
	.help = "a PTE table is deposited while the vCPU that walks it is preempted",
	.setup = range_setup_threads,
	.actor = {range_collapse, range_walk},
	.preempt_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(preempt_vs_collapse);
