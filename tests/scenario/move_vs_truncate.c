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
#include <mm/mm.h>
#include <mm/mremap.h>
#include <mm/rmap.h>
#include <mm/vma.h>
#include <tests/scenario_actors.h>

#define OLD PMD_SIZE
#define NEW (3 * PMD_SIZE)

static struct mm_struct *mm;
static struct address_space *file;
static struct page *page; /* the second one, at OLD */
static struct vm_area_struct *old_vma, *new_vma;

static void setup(void)
{
	mm = scenario_mm("mm");
	file = mapping_alloc(2, PAGE_SHIFT);
	scenario_check(file);
	page = mapping_get_page(file, 1);
	scenario_check(page);
}

static void find_vmas(void)
{
	scenario_check(!fault_in(mm, OLD, true));
	mmap_write_lock(mm);
	old_vma = vma_lookup(mm, OLD);
	new_vma = vma_lookup(mm, NEW);
	scenario_check(!pte_alloc(mm, mm_alloc_pmd(mm, NEW)));
	down_write(&file->invalidate_lock);
}

static void setup_new_first(void)
{
	setup();
	scenario_check(!mm_mmap(mm, NEW, PAGE_SIZE, VM_WRITE, file, 1));
	scenario_check(!mm_mmap(mm, OLD, PAGE_SIZE, VM_WRITE, file, 1));
	find_vmas();
}

static void setup_old_split(void)
{
	setup();
	scenario_check(!mm_mmap(mm, OLD - PAGE_SIZE, 2 * PAGE_SIZE, VM_WRITE, file, 0));
	scenario_check(!mm_mmap(mm, NEW, PAGE_SIZE, VM_WRITE, file, 1));
	scenario_check(!mm_mprotect(mm, OLD - PAGE_SIZE, PAGE_SIZE, false));
	find_vmas();
}

/* mremap() but for mmap_lock, which it holds for write all the time. */
static void move(void)
{
	scenario_check(move_page_tables(old_vma, OLD, new_vma, NEW, PAGE_SIZE) == PAGE_SIZE);
}

static void truncate(void)
{
	unmap_mapping_pages(file, 1, 1);
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
	.actor = {move, truncate},
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
	.actor = {move, truncate},
	.cases = split_cases,
};
SCENARIO(move_split_vs_truncate);
