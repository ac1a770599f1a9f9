/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux takes away the PTE table of a file's huge page (collapse_pte_mapped_thp()) while GUP-fast
 * walks it.
 *
 *	CPU0 try_collapse_pte_mapped_thp()	CPU1 get_user_pages_fast_only()
 *						pmd = read PMD
 *	clear the PTEs
 *	pmdp_collapse_flush(): clear PMD, flush
 *	pte_free_defer(): free the table
 *	after a grace period
 *						pte = read PTE
 */
#include "linux.h"

static void retract(void)
{
	linux_call(retract(LINUX_ADDR));
	linux_call(grace_period());
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true, .slow = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_retract_vs_gup = {
	.name = "linux_retract_vs_gup",
	.help = "Linux: the PTE table of a file's huge page is freed while GUP-fast walks it",
	.setup = linux_setup_file,
	.actor = {retract, linux_walk},
	.cases = cases,
};
SCENARIO(linux_retract_vs_gup);
