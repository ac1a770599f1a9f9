/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A huge page is split while another CPU uses it: by a load that faults, and by GUP-fast.
 *
 *	CPU0 mm_split_huge_pmd()		CPU1 thread of the mm
 *	make the PMD invalid
 *					load: faults, for the PMD is not Present
 *					fault: a huge page is there; wait for the lock
 *	flush; link the PTE table
 *	unlock
 *					load: must not fault again
 *
 * GUP-fast does not wait: an invalid PMD is none that it may take a page by, though it is a
 * leaf, and stays the same between the grab and the re-check.
 */
#include <asm/uaccess.h>
#include <tests/scenario_range.h>

static void setup(void)
{
	range_setup_huge();
	scenario_run_in(1, range_mm);
}

static void load(void)
{
	u64 v;

	if (!get_user_u64(&v, RANGE_NEXT))
		return;
	scenario_check(!fault_in(range_mm, RANGE_NEXT, false));
	scenario_check(!get_user_u64(&v, RANGE_NEXT));
}

static const struct scenario_case load_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "fault_leaf_peek", RED_BY("scenario")},
	{},
};

static const struct scenario split_vs_fault = {
	.name = "split_vs_fault",
	.help = "a huge page is split while a thread loads from it, and faults",
	.setup = setup,
	.actor = {range_split, load},
	.cases = load_cases,
};
SCENARIO(split_vs_fault);

static const struct scenario_case gup_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "gup_leaf_invalid", RED_BY("pins")},
	{},
};

static const struct scenario split_vs_gup = {
	.name = "split_vs_gup",
	.help = "a huge page is split while GUP-fast takes a page of it",
	.setup = setup,
	.actor = {range_split, range_walk},
	.cases = gup_cases,
};
SCENARIO(split_vs_gup);
