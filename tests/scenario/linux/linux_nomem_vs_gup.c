/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux frees a PTE table while GUP-fast walks it, and there is no memory for a batch of tables.
 *
 *	CPU0 tlb_remove_table()			CPU1 get_user_pages_fast_only()
 *						pmd = read PMD
 *	clear PMD
 *	no memory: flush at once
 *	tlb_remove_table_one()
 *						pte = read PTE
 */
#include "linux.h"

static void setup(void)
{
	linux_setup();
	linux_call(no_memory());
}

static void unmap(void)
{
	linux_call(unmap(LINUX_ADDR, true));
	linux_call(grace_period());
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true, .slow = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_nomem_vs_gup = {
	.name = "linux_nomem_vs_gup",
	.help = "Linux: a table is freed without memory for a batch while GUP-fast walks it",
	.setup = setup,
	.actor = {unmap, linux_walk},
	.cases = cases,
};
SCENARIO(linux_nomem_vs_gup);

/*
 * The same against the page walker of another CPU, on which the grace period happens to end. RCU
 * does not wait for the page walker.
 *
 *	CPU0 tlb_remove_table()			CPU1
 *						[read PMD: the table]
 *	clear PMD
 *	no memory: flush at once
 *	tlb_remove_table_one(): call_rcu()
 *						a grace period: free the table
 *						[read PTE]
 *	tlb_finish_mmu(): flush
 */
static void unmap_only(void)
{
	linux_call(unmap(LINUX_ADDR, true));
}

static void grace_period(void)
{
	linux_call(grace_period());
}

static const struct scenario_case fill_cases[] = {
	{.flush = "ipi", .policy = "broadcast", .fills = 1},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .fills = 1},
	{},
};

static const struct scenario linux_nomem_vs_fill = {
	.name = "linux_nomem_vs_fill",
	.help = "Linux: a table is freed without memory for a batch while a page walker is there",
	.setup = setup,
	.actor = {unmap_only, grace_period},
	.fill_va = LINUX_ADDR,
	.fill_cpus = BIT(1),
	.cases = fill_cases,
};
SCENARIO(linux_nomem_vs_fill);
