/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole collapse_huge_page() of Linux against GUP-fast that keeps the page. If the collapse
 * succeeds the page is no longer what the mm has there: then GUP-fast must not have it. Only that is
 * judged, not which tables GUP-fast reads.
 *
 *	CPU0 collapse_huge_page()		CPU1 get_user_pages_fast_only()
 *						pmd = read PMD	(before the clear)
 *	pmdp_collapse_flush(): clear PMD, flush
 *	tlb_remove_table_sync_one()
 *	isolate: no references?
 *						pte = read PTE
 *						grab the page; PMD and PTE still the same?
 *	copy; clear the PTEs
 *
 * Without the sync it is the second look at the PMD that prevents it.
 */
#include "linux.h"

static bool collapsed, held;

static void setup(void)
{
	linux_setup();
	collapsed = false;
	held = false;
}

static void collapse(void)
{
	collapsed = lx_linux_collapse_huge(LINUX_ADDR);
	plain_settle();
}

static void hold(void)
{
	held = lx_linux_hold(LINUX_ADDR);
	plain_settle();
}

static void end(void)
{
	scenario_check(!collapsed || !held);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "never"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true},
	{},
};

static const struct scenario linux_khugepaged_vs_pin = {
	.name = "linux_khugepaged_vs_pin",
	.help = "Linux: collapse_huge_page(), whole, while GUP-fast takes the page and keeps it",
	.setup = setup,
	.actor = {collapse, hold},
	.end = end,
	.cases = cases,
};
SCENARIO(linux_khugepaged_vs_pin);
