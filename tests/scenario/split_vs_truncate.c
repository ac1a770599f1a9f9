/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VMA of a file is split while another CPU goes through the file's VMAs. The upper half
 * must be found: in the old VMA, or in the new one.
 *
 *	CPU0 mprotect(first page)	CPU1 truncation of the second page
 *	lock i_mmap_rwsem
 *	shorten the VMA
 *	unlock
 *					finds the VMA: it ends before the page
 *	lock i_mmap_rwsem
 *	link the VMA of the second page
 *	unlock
 *					return: the page is still mapped
 *
 * unmap_vs_truncate: a VMA that is unmapped leaves its file only when its pages are zapped.
 * split_vs_clean is the same with page_mkclean(): the page that it has not found stays writable,
 * and the next store does not fault.
 */
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <mm/rmap.h>
#include <tests/scenario_writeback.h>

#define NEXT (PUD_SIZE + PMD_SIZE) /* in a PTE table of its own: that is not at issue */
#define ADDR (NEXT - PAGE_SIZE)

static struct written_page page;

static void setup(void)
{
	page.mm = scenario_mm("mm");
	page.file = scenario_file(2);
	page.addr = NEXT;
	scenario_map_file(page.mm, ADDR, 2 * PAGE_SIZE, page.file, 0);
	scenario_check(!fault_in(page.mm, NEXT, true));
	page.page = mapping_get_page(page.file, 1);
	scenario_run_in(1, page.mm);
}

static void setup_truncation(void)
{
	setup();
	down_write(&page.file->invalidate_lock);
}

/* What comes after it keeps the tables. */
static void setup_unmapping(void)
{
	setup();
	scenario_reserve(page.mm, NEXT + PAGE_SIZE, PAGE_SIZE);
	down_write(&page.file->invalidate_lock);
}

static void protect_first(void)
{
	scenario_check(!mm_mprotect(page.mm, ADDR, PAGE_SIZE, false));
}

static void unmap_first(void)
{
	scenario_check(!mm_munmap(page.mm, ADDR, PAGE_SIZE));
}

static void unmap_both(void)
{
	scenario_check(!mm_munmap(page.mm, ADDR, 2 * PAGE_SIZE));
}

static void truncate_second(void)
{
	unmap_mapping_pages(page.file, 1, 1);
	scenario_check(!page_mapped(page.page));
}

static void clean_second(void)
{
	page_mkclean(page.page);
	scenario_check(put_user_u64(1, NEXT));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "split_two_locks", RED_BY("scenario")},
	{},
};

static const struct scenario split_vs_truncate = {
	.name = "split_vs_truncate",
	.help = "a page of a file is truncated while the VMA before it is split off",
	.setup = setup_truncation,
	.actor = {protect_first, truncate_second},
	.cases = cases,
};
SCENARIO(split_vs_truncate);

static const struct scenario unmap_part_vs_truncate = {
	.name = "unmap_part_vs_truncate",
	.help = "a page of a file is truncated while the page before it is unmapped",
	.setup = setup_truncation,
	.actor = {unmap_first, truncate_second},
	.cases = cases,
};
SCENARIO(unmap_part_vs_truncate);

static const struct scenario_case unmap_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "unmap_unlink_early", RED_BY("scenario")},
	{},
};

static const struct scenario unmap_vs_truncate = {
	.name = "unmap_vs_truncate",
	.help = "a page of a file is truncated while its mapping is unmapped",
	.setup = setup_unmapping,
	.actor = {unmap_both, truncate_second},
	.cases = unmap_cases,
};
SCENARIO(unmap_vs_truncate);

static const struct scenario split_vs_clean = {
	.name = "split_vs_clean",
	.help = "a page of a file is written out while the VMA before it is split off",
	.setup = setup,
	.actor = {protect_first, clean_second},
	.cases = cases,
};
SCENARIO(split_vs_clean);
