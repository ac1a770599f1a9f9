/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux withdraws a PTE table, and it goes to another owner, while GUP-fast walks it.
 *
 *	CPU0 collapse_huge_page()		CPU1 get_user_pages_fast_only()
 *	pmdp_collapse_flush(): clear PMD, flush
 *						pmd = read PMD	(before the clear)
 *	tlb_remove_table_sync_one()
 *	the next owner stores
 *						pte = read PTE
 */
#include "linux.h"

static void collapse(void)
{
	linux_call(collapse(LINUX_ADDR));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "never"},
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL, .tso = true},
	{.flush = "ipi", .policy = "never", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, RED_BY("walks")},
	{},
};

static const struct scenario linux_collapse_vs_gup = {
	.name = "linux_collapse_vs_gup",
	.help = "Linux: a PTE table is withdrawn by collapse while GUP-fast walks it",
	.setup = linux_setup,
	.actor = {collapse, linux_walk},
	.cases = cases,
};
SCENARIO(linux_collapse_vs_gup);
