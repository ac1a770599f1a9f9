/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hugetlb VMA is split inside a GiB while a thread of another mm looks for a PMD table to
 * share. Only VMAs that cover the whole GiB may share one.
 *
 *	CPU0 P: munmap(), inside the GiB	CPU1 A: fault
 *	unshare: P's table is its own
 *	unlock
 *						P's VMA covers the GiB: share P's table
 *	lock; shorten the VMA
 *	(now P's halves share a table with A)
 *
 * CVE-2025-38084, 081056dc00a2: unsharing came before the locks of the split. The munmap()
 * here ends at no multiple of 2 MiB, so it fails, but the split where it begins has been
 * done; one that goes on would unshare once more, and nothing would be left to see.
 */
#include <tests/scenario_share.h>

static void split(void)
{
	scenario_check(mm_munmap(share_owner, SHARE_ADDR + PMD_SIZE, PAGE_SIZE) == -EINVAL);
}

static void fault(void)
{
	scenario_check(!fault_in(share_sharer, SHARE_ADDR, true));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "split_unshare_early",
	 RED_BY("scenario")},
	{},
};

static const struct scenario split_vs_share = {
	.name = "split_vs_share",
	.help = "a hugetlb VMA is split while another mm looks for a table to share",
	.setup = share_setup_owned,
	.actor = {split, fault},
	.cases = cases,
};
SCENARIO(split_vs_share);
