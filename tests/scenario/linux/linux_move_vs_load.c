/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux moves a page to another address, unmaps it there and frees it, while another CPU loads from
 * where it was.
 *
 *	CPU0 move_page_tables()		CPU1 thread of the mm
 *					load (the TLB keeps it)
 *	clear the old PTE; set the new one
 *	flush the old address
 *	unmap the new address: flush that one only
 *	free the page
 *					load: a fault, or the page before it is free
 */
#include "linux.h"
#include <asm/pgtable_types.h>

#define ELSEWHERE (LINUX_ADDR + 16 * PAGE_SIZE)

static void move(void)
{
	linux_call(move(LINUX_ADDR, ELSEWHERE, PAGE_SIZE));
	linux_call(unmap(ELSEWHERE, false));
}

static void load_twice(void)
{
	linux_load();
	linux_load();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true, .slow = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_move_vs_load = {
	.name = "linux_move_vs_load",
	.help = "Linux: a page is moved and freed while another CPU loads from where it was",
	.setup = linux_setup,
	.actor = {move, load_twice},
	.cases = cases,
};
SCENARIO(linux_move_vs_load);

/*
 * The same for a whole PTE table (move_normal_pmd()), against loads and GUP-fast at the old address.
 */
#define NEXT_TABLE (LINUX_ADDR + PMD_SIZE)

static void move_table(void)
{
	linux_call(move(LINUX_ADDR, NEXT_TABLE, PMD_SIZE));
	linux_call(unmap(NEXT_TABLE, true));
	linux_call(grace_period());
}

static const struct scenario_case table_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_move_table_vs_load = {
	.name = "linux_move_table_vs_load",
	.help = "Linux: a PTE table is moved and freed while another CPU loads where it was",
	.setup = linux_setup,
	.actor = {move_table, load_twice},
	.cases = table_cases,
};
SCENARIO(linux_move_table_vs_load);

static const struct scenario linux_move_table_vs_gup = {
	.name = "linux_move_table_vs_gup",
	.help = "Linux: a PTE table is moved and freed while GUP-fast walks it",
	.setup = linux_setup,
	.actor = {move_table, linux_walk},
	.cases = table_cases,
};
SCENARIO(linux_move_table_vs_gup);
