/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux's hugetlb_unshare_all_pmds(): an mm leaves a PMD table that it shares with another one,
 * while GUP-fast walks there. The other mm is its last owner then, and changes it as its own.
 *
 *	CPU0 hugetlb_unshare_all_pmds()		CPU1 get_user_pages_fast_only()
 *						pud = read PUD	(before the clear)
 *	clear PUD; one owner is left
 *	huge_pmd_unshare_flush(): flush
 *	tlb_remove_table_sync_one()
 *	the last owner clears a PMD entry
 *						pmd = read PMD
 */
#include "linux.h"

static void setup(void)
{
	linux_setup_shared(2);
}

static void unshare(void)
{
	linux_call(unshare(0));
	linux_call(reuse(LINUX_ADDR));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "never"},
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL, .tso = true},
	{.flush = "ipi", .policy = "never", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL, .tso = true},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, RED_BY("walks")},
	{},
};

static const struct scenario linux_unshare_vs_gup = {
	.name = "linux_unshare_vs_gup",
	.help = "Linux: an mm leaves a shared PMD table while GUP-fast walks there",
	.setup = setup,
	.actor = {unshare, linux_walk},
	.cases = cases,
};
SCENARIO(linux_unshare_vs_gup);
