/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page moves to another address while its file is truncated, which meets the new VMA first.
 *
 *	CPU0 move_page_tables()		CPU1 truncation
 *					new VMA: nothing there
 *	move the entry
 *					old VMA: nothing there
 *					return: the page is still mapped
 *
 * Where the file's list has the new VMA behind the old one, this cannot be. Where it has not,
 * the move holds i_mmap_rwsem (Linux: need_rmap_locks). If the old VMA has been split since
 * the new one was linked, its upper half comes right behind the lower one, and before the new.
 */
#include <mm/rmap.h>
#include <tests/scenario_move.h>

#define OLD PMD_SIZE
#define NEW (3 * PMD_SIZE)

static struct page *page; /* the second one, at OLD */

static void setup(void)
{
	move_setup(2);
	page = mapping_get_page(move_file, 1);
	scenario_check(page);
}

static void hold(void)
{
	scenario_check(!fault_in(move_mm, OLD, true));
	scenario_make_tables(move_mm, NEW);
	move_hold(OLD, NEW, PAGE_SIZE);
}

static void setup_new_first(void)
{
	setup();
	scenario_map_file(move_mm, NEW, PAGE_SIZE, move_file, 1);
	scenario_map_file(move_mm, OLD, PAGE_SIZE, move_file, 1);
	hold();
}

static void setup_old_split(void)
{
	setup();
	scenario_map_file(move_mm, OLD - PAGE_SIZE, 2 * PAGE_SIZE, move_file, 0);
	scenario_map_file(move_mm, NEW, PAGE_SIZE, move_file, 1);
	scenario_check(!mm_mprotect(move_mm, OLD - PAGE_SIZE, PAGE_SIZE, false));
	hold();
}

static void truncate(void)
{
	unmap_mapping_pages(move_file, 1, 1);
	scenario_check(!page_mapped(page));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "move_no_rmap_lock", RED_BY("scenario")},
	{},
};

static const struct scenario move_vs_truncate = {
	.name = "move_vs_truncate",
	.help = "a page moves while its file is truncated; the new VMA is the older one",
	.setup = setup_new_first,
	.actor = {move_pages, truncate},
	.cases = cases,
};
SCENARIO(move_vs_truncate);

static const struct scenario_case split_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "move_no_rmap_lock"},
	{},
};

static const struct scenario move_split_vs_truncate = {
	.name = "move_split_vs_truncate",
	.help = "a page moves while its file is truncated; its VMA was split before",
	.setup = setup_old_split,
	.actor = {move_pages, truncate},
	.cases = split_cases,
};
SCENARIO(move_split_vs_truncate);
