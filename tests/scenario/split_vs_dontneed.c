/* SPDX-License-Identifier: GPL-2.0 */
/*
 * madvise(MADV_DONTNEED) of a part of a huge page splits it, while another CPU drops all of
 * it, or another part. Both hold mmap_lock for read. When the second returns, what it was
 * asked to drop must be gone.
 *
 *	CPU0 dontneed(last page)		CPU1 dontneed(all of the huge page)
 *	split: the PMD is none
 *						PMD is none: nothing is there; return 0
 *	split: the PMD leads to the PTE table
 *						the first page is still there
 *
 * So the PMD must never be none while it is split: pmdp_invalidate().
 */
#include <tests/scenario_range.h>

static void drop_first(void)
{
	scenario_check(!mm_madvise_dontneed(range_mm, RANGE, PAGE_SIZE));
	scenario_check(!scenario_maps(range_mm, RANGE));
}

static void drop_last(void)
{
	scenario_check(!mm_madvise_dontneed(range_mm, RANGE_LAST, PAGE_SIZE));
	scenario_check(!scenario_maps(range_mm, RANGE_LAST));
}

static void drop_all(void)
{
	scenario_check(!mm_madvise_dontneed(range_mm, RANGE, PMD_SIZE));
	scenario_check(!scenario_maps(range_mm, RANGE) && !scenario_maps(range_mm, RANGE_LAST));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "split_none", RED_BY("scenario")},
	{},
};

static const struct scenario split_vs_dontneed = {
	.name = "split_vs_dontneed",
	.help = "a huge page is dropped while another CPU splits it to drop a part",
	.setup = range_setup_huge,
	.actor = {drop_last, drop_all},
	.cases = cases,
};
SCENARIO(split_vs_dontneed);

static const struct scenario split_vs_split = {
	.name = "split_vs_split",
	.help = "two CPUs split a huge page, each to drop a part of its own",
	.setup = range_setup_huge,
	.actor = {drop_last, drop_first},
	.cases = cases,
};
SCENARIO(split_vs_split);
