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
