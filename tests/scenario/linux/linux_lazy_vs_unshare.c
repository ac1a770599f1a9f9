/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An mm of Linux leaves a shared PMD table, and the last owner frees it, while the page walker of a
 * CPU that has the first mm loaded lazily has cached the PUD.
 *
 *	CPU0 hugetlb_unshare_all_pmds()		CPU1 kernel thread, the mm still loaded
 *						[read PUD: the table]
 *	clear PUD
 *	flush: unshared, not freed, so lazy CPUs
 *	are left out
 *	tlb_remove_table_sync_one()
 *	the last owner: flush of its own mm, a
 *	grace period, free the table
 *						[read PMD]
 */
#include "linux.h"

static void setup(void)
{
	linux_setup_shared(2);
}

static void unshare(void)
{
	linux_call(unshare(0));
	linux_call(grace_period());
	linux_call(free_shared());
}

static void lazy(void)
{
	linux_call(lazy());
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .fills = 1, RED_BY("hardware")},
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .fills = 1},
	{},
};

static const struct scenario linux_lazy_vs_unshare = {
	.name = "linux_lazy_vs_unshare",
	.help = "Linux: a shared PMD table is left, then freed; a lazy CPU's walker has cached the PUD",
	.setup = setup,
	.actor = {unshare, lazy},
	.fill_va = LINUX_ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(linux_lazy_vs_unshare);
