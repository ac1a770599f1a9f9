/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole collapse_huge_page() of Linux against GUP-fast.
 *
 *	CPU0 collapse_huge_page()		CPU1 get_user_pages_fast_only()
 *	pmdp_collapse_flush(): clear PMD, flush
 *						pmd = read PMD	(before the clear)
 *	tlb_remove_table_sync_one()
 *	isolate: no references?
 *						pte = read PTE
 *	copy; clear the PTEs
 *	deposit the table; set the huge PMD
 *						grab the page; PMD and PTE still the same?
 */
#include "linux.h"

static void collapse(void)
{
	linux_call(collapse_huge(LINUX_ADDR));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "never"},
	{.flush = "ipi", .policy = "never", .tso = true},
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL, .tso = true, .slow = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, RED_BY("walks")},
	{.flush = "pv", .policy = "broadcast", .preemptions = 1, .useful = USEFUL},
	{.flush = "pv", .policy = "never", .preemptions = 1, RED_BY("walks")},
	{},
};

static const struct scenario linux_khugepaged_vs_gup = {
	.name = "linux_khugepaged_vs_gup",
	.help = "Linux: collapse_huge_page(), whole, while GUP-fast walks the table",
	.setup = linux_setup,
	.actor = {collapse, linux_walk},
	.preempt_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(linux_khugepaged_vs_gup);
