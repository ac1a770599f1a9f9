/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux withdraws a PTE table, and it goes to another owner, while the page walker of a lazy CPU has
 * cached the PMD.
 *
 *	CPU0 collapse_huge_page()		CPU1 kernel thread, the mm still loaded
 *						[read PMD: the table]
 *	pmdp_collapse_flush(): clear PMD, flush
 *	tlb_remove_table_sync_one()
 *	the next owner stores
 *						[read PTE]
 */
#include "linux.h"

static void collapse(void)
{
	linux_call(collapse(LINUX_ADDR));
}

static void lazy(void)
{
	linux_call(lazy());
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .fills = 1},
	{.flush = "ipi", .policy = "never", .fills = 1},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true, .fills = 1},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .fills = 1},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, .fills = 1},
	{},
};

static const struct scenario linux_lazy_vs_collapse = {
	.name = "linux_lazy_vs_collapse",
	.help = "Linux: a PTE table is withdrawn; a lazy CPU's page walker has cached the PMD",
	.setup = linux_setup,
	.actor = {collapse, lazy},
	.fill_va = LINUX_ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(linux_lazy_vs_collapse);
