/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux moves a page to another address while truncation, which does not take the mmap lock, finds
 * it there and frees it. CPU1 still has the old address in its TLB.
 *
 *	CPU0 move_page_tables()		CPU1 load (the TLB keeps it)
 *	lock; clear the old PTE
 *	set the new PTE
 *	flush the old address
 *	unlock
 *					zap_pte_range() at the new address:
 *					lock; clear PTE; unlock
 *					flush that one only
 *					free the page
 *					load: a fault, or the page before it is free
 */
#include "linux.h"
#include <asm/pgtable_types.h>

#define ELSEWHERE  (LINUX_ADDR + 16 * PAGE_SIZE)
#define NEXT_TABLE (LINUX_ADDR + PMD_SIZE)

static void move(void)
{
	linux_call(move(LINUX_ADDR, ELSEWHERE, PAGE_SIZE));
}

static void truncate(void)
{
	linux_load();
	linux_call(truncate(ELSEWHERE));
	linux_load();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_move_vs_truncate = {
	.name = "linux_move_vs_truncate",
	.help = "Linux: a page is moved while truncation frees it where it is now",
	.setup = linux_setup,
	.actor = {move, truncate},
	.cases = cases,
};
SCENARIO(linux_move_vs_truncate);

/* The same for a whole PTE table (move_normal_pmd()). */
static void move_table(void)
{
	linux_call(move(LINUX_ADDR, NEXT_TABLE, PMD_SIZE));
}

static void truncate_table(void)
{
	linux_load();
	linux_call(truncate(NEXT_TABLE));
	linux_load();
}

static const struct scenario linux_move_table_vs_truncate = {
	.name = "linux_move_table_vs_truncate",
	.help = "Linux: a PTE table is moved while truncation frees a page where it is now",
	.setup = linux_setup,
	.actor = {move_table, truncate_table},
	.cases = cases,
};
SCENARIO(linux_move_table_vs_truncate);
