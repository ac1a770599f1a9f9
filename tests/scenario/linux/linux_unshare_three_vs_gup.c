/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Three mms share a PMD table. Two leave it, one after the other; GUP-fast walks in the first.
 *
 *	CPU0 hugetlb_unshare_all_pmds()		CPU1 get_user_pages_fast_only(), mm 0
 *						pud = read PUD of mm 0
 *	mm 0: clear PUD; not the last: flush
 *	mm 1: clear PUD; the last: flush of mm 1
 *	tlb_remove_table_sync_one()
 *	the last owner clears a PMD entry
 *						pmd = read PMD
 *
 * The flush that comes before the sync is not one of the walker's mm.
 */
#include "linux.h"

static void setup(void)
{
	linux_setup_shared(3);
}

static void unshare(void)
{
	linux_call(unshare(0));
	linux_call(unshare(1));
	linux_call(reuse(LINUX_ADDR));
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

static const struct scenario linux_unshare_three_vs_gup = {
	.name = "linux_unshare_three_vs_gup",
	.help = "Linux: two of three mms leave a shared PMD table, GUP-fast walks in the first",
	.setup = setup,
	.actor = {unshare, linux_walk},
	.cases = cases,
};
SCENARIO(linux_unshare_three_vs_gup);
