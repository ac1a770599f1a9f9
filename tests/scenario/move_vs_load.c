/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page moves to another address while its file is truncated, which finds it at the new
 * one and flushes that. Does a CPU still load by the old one?
 *
 *	CPU0 move_page_tables()		CPU1 truncation, in a thread of the mm
 *					load by the old address (the TLB keeps it)
 *	lock; clear the old PTE
 *	set the new PTE
 *	flush the old address; unlock
 *					old PTE: none
 *					clear the new PTE; flush the new address
 *					(now the page may be freed)
 *					load by the old address: must not find it
 *
 * eb66ae030829, CVE-2018-18281: the flush came after the unlock.
 */
#include <asm/uaccess.h>
#include <tests/scenario_move.h>

#define OLD PAGE_SIZE
#define NEW PMD_SIZE

static void setup(void)
{
	move_setup(1);
	scenario_map_file(move_mm, OLD, PAGE_SIZE, move_file, 0);
	scenario_map_file(move_mm, NEW, PAGE_SIZE, move_file, 0);
	scenario_check(!fault_in(move_mm, OLD, true));
	scenario_make_tables(move_mm, NEW);
	move_hold(OLD, NEW, PAGE_SIZE);
	scenario_run_in(1, move_mm);
}

static void truncate(void)
{
	u64 v;

	get_user_u64(&v, OLD);
	unmap_mapping_pages(move_file, 0, 1);
	scenario_check(get_user_u64(&v, OLD) && get_user_u64(&v, NEW));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "move_flush_unlocked",
	 RED_BY("scenario")},
	{.flush = "invlpgb",
	 .policy = "broadcast",
	 .invlpgb = true,
	 .busted = "move_flush_unlocked",
	 RED_BY("scenario")},
	/* The NMI in place of INVLPGB drops everything: the flush of the new address also
	 * drops the old one. */
	{.flush = "invlpgb-nmi", .policy = "broadcast", .busted = "move_flush_unlocked"},
	{},
};

static const struct scenario move_vs_load = {
	.name = "move_vs_load",
	.help = "a page moves to another address while its file is truncated",
	.setup = setup,
	.actor = {move_pages, truncate},
	.cases = cases,
};
SCENARIO(move_vs_load);
