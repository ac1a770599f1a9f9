/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A shared PMD table is left by one mm, and reused by the last, while the vCPU that walks it
 * is preempted.
 *
 *	CPU0 A unshares, P reuses	CPU1 gup_fast_only() in A, a vCPU
 *					pud = read PUD
 *					(preempted)
 *	A: clear PUD
 *	A: flush: CPU1 is left out
 *	A: sync: receipt says "not waited"
 *	P: clear PMD (its own now)
 *					(resumed, flushed)
 *					pmd = read PMD in what is P's table
 */
#include <tests/scenario_share.h>

static void unshare(void)
{
	/* Shorter than munmap(): A leaves the table, and P takes an entry out for a moment. */
	scenario_check(!mm_mprotect(share_sharer, SHARE_ADDR, PUD_SIZE, false));
	scenario_check(!mm_mprotect(share_owner, SHARE_ADDR, PUD_SIZE, false));
}

#define PV .flush = "pv", .preemptions = 1
static const struct scenario_case cases[] = {
	{PV, .policy = "broadcast", .useful = USEFUL, .slow = true},
	{PV, .policy = "receipt", .useful = USEFUL},
	{PV, .policy = "targeted", .useful = USEFUL, .slow = true},
	{PV, .policy = "mmcpus", .useful = USEFUL, .slow = true},
	/* KVM's flush taken for one that waits: series v4, S. Christopherson. */
	{PV, .policy = "implied-kvm", RED_BY("walks")},
	{PV, .policy = "never", RED_BY("walks")},
	{},
};

static const struct scenario preempt_vs_unshare = {
	.name = "preempt_vs_unshare",
	.help = "a shared PMD table is unshared and reused while the vCPU that walks it is preempted",
	.setup = share_setup,
	.actor = {unshare, share_walk},
	.preempt_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(preempt_vs_unshare);
