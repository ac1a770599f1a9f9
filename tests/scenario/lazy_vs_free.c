/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lazy_vs_unshare, carried on: the last owner unmaps the PMD table, and RCU frees it. That
 * flush is for the last owner's mm. It does not reach a CPU that is idle in the mm that
 * unshared the table before.
 *
 *	CPU0 A unmaps, P unmaps			CPU1 idle, A loaded
 *						(walker reads A's PUD, and caches it)
 *	A: clear PUD
 *	A: flush, but not CPU1
 *	sync: an interrupt, and no flush
 *	P: clear PMD, PUD
 *	P: flush
 *	grace period				quiescent: idle
 *	free the table
 *						(walker reads it)
 *
 * Policy early-free, which is broadcast without grace periods: an idle CPU does not hold one
 * up, and no software walks here.
 */
#include <tests/scenario_share.h>

static void setup(void)
{
	share_setup_idle();
	scenario_only_freed_tables();
}

static void unmap(void)
{
	scenario_check(!mm_munmap(share_sharer, SHARE_ADDR, PUD_SIZE));
	scenario_check(!mm_munmap(share_owner, SHARE_ADDR, PUD_SIZE));
}

static const struct scenario_case cases[] = {
	/* Linux 7.3 */
	{.flush = "ipi", .policy = "early-free", .fills = 1, RED_BY("hardware")},
	{.flush = "ipi", .policy = "early-free", .fills = 1, .wake_lazy = true},
	{.flush = "invlpgb", .policy = "early-free", .fills = 1, .invlpgb = true},
	{},
};

static const struct scenario lazy_vs_free = {
	.name = "lazy_vs_free",
	.help = "a PMD table that was shared is freed; an idle CPU's page walker has cached the PUD",
	.setup = setup,
	.actor = {unmap},
	.cpus = 2,
	.fill_va = SHARE_ADDR,
	.cases = cases,
};
SCENARIO(lazy_vs_free);
