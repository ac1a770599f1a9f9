/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Several pages move to other addresses, while another CPU loads from the first or the last of
 * them and truncates it.
 *
 *	pages		0   1   2
 *	old tables	A | B   B
 *	new tables	C   C | D
 *
 *	CPU0 move_page_tables()		CPU1 truncation, in a thread of the mm
 *					load by the old address (the TLB keeps it)
 *	A to C: page 0; flush
 *	B to C: page 1; flush
 *	B to D: page 2; flush
 *					zap the page, wherever it is; flush that
 *					load by the old and new address: faults
 *
 * In the end that page is mapped nowhere, every other one at its new address and nowhere else.
 * Where both addresses lie in the same way in their tables, two pages are moved and flushed at
 * once (move_table_vs_load). Where there is no table at the new address, that of the old one
 * moves (move_pmd_vs_load).
 */
#include <asm/uaccess.h>
#include <mm/rmap.h>
#include <tests/scenario_move.h>

/* The third page lies in the next table. */
#define NEW (2 * PUD_SIZE + PMD_SIZE - 2 * PAGE_SIZE)

static unsigned long old_addr, nr_pages, loaded;

static void setup(unsigned long addr, unsigned long nr, unsigned long load, bool tables)
{
	move_setup(nr);
	old_addr = addr;
	nr_pages = nr;
	loaded = load;
	scenario_map_file(move_mm, addr, nr * PAGE_SIZE, move_file, 0);
	scenario_map_file(move_mm, NEW, nr * PAGE_SIZE, move_file, 0);
	for (unsigned long i = 0; i < nr; i++) {
		scenario_check(!fault_in(move_mm, addr + i * PAGE_SIZE, true));
		*scenario_word(move_mm, addr + i * PAGE_SIZE) = i + 1;
		if (tables)
			scenario_make_tables(move_mm, NEW + i * PAGE_SIZE);
		else
			scenario_check(mm_alloc_pmd(move_mm, NEW + i * PAGE_SIZE));
	}
	move_hold(addr, NEW, nr * PAGE_SIZE);
	scenario_run_in(1, move_mm);
}

static void setup_first(void)
{
	setup(2 * PMD_SIZE - PAGE_SIZE, 3, 0, true);
}

static void setup_last(void)
{
	setup(2 * PMD_SIZE - PAGE_SIZE, 3, 2, true);
}

static void setup_table(void)
{
	setup(2 * PMD_SIZE - 2 * PAGE_SIZE, 2, 1, true);
}

static void setup_pmd(void)
{
	setup(2 * PMD_SIZE - 2 * PAGE_SIZE, 2, 1, false);
}

static void truncate(void)
{
	u64 v;

	get_user_u64(&v, old_addr + loaded * PAGE_SIZE);
	unmap_mapping_pages(move_file, loaded, 1);
	scenario_check(get_user_u64(&v, old_addr + loaded * PAGE_SIZE));
	scenario_check(get_user_u64(&v, NEW + loaded * PAGE_SIZE));
}

static void end(void)
{
	for (unsigned long i = 0; i < nr_pages; i++) {
		u64 *word = scenario_word(move_mm, NEW + i * PAGE_SIZE);

		scenario_check(!scenario_word(move_mm, old_addr + i * PAGE_SIZE));
		scenario_check(i == loaded ? !word : word && *word == i + 1);
		scenario_check(page_mapped(move_file->pages[i]) == (i != loaded));
	}
}

#define IPI .flush = "ipi", .policy = "broadcast"
#define HW  .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{IPI}, {HW}, {HW, .tce = true}, {IPI, .busted = "move_flush_unlocked", RED_BY("scenario")},
	{},
};

static const struct scenario move_range_vs_load = {
	.name = "move_range_vs_load",
	.help = "pages move to addresses of another alignment while the last is truncated",
	.setup = setup_last,
	.actor = {move_pages, truncate},
	.end = end,
	.cases = cases,
};
SCENARIO(move_range_vs_load);

static const struct scenario move_table_vs_load = {
	.name = "move_table_vs_load",
	.help = "the pages of a table move at once while the last is truncated",
	.setup = setup_table,
	.actor = {move_pages, truncate},
	.end = end,
	.cases = cases,
};
SCENARIO(move_table_vs_load);

static const struct scenario_case pmd_cases[] = {
	{IPI},
	{HW},
	{IPI, .busted = "move_pmd_no_flush", RED_BY("scenario")},
	{HW, .busted = "move_pmd_no_flush", RED_BY("scenario")},
	{},
};

static const struct scenario move_pmd_vs_load = {
	.name = "move_pmd_vs_load",
	.help = "a table moves, with its pages, while the last is truncated",
	.setup = setup_pmd,
	.actor = {move_pages, truncate},
	.end = end,
	.cases = pmd_cases,
};
SCENARIO(move_pmd_vs_load);

static const struct scenario_case first_cases[] = {
	{IPI},
	{HW},
	{HW, .busted = "move_flush_unlocked", RED_BY("scenario")},
	{},
};

static const struct scenario move_range_vs_first_load = {
	.name = "move_range_vs_first_load",
	.help = "pages move to addresses of another alignment while the first is truncated",
	.setup = setup_first,
	.actor = {move_pages, truncate},
	.end = end,
	.cases = first_cases,
};
SCENARIO(move_range_vs_first_load);
