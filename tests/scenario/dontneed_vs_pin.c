/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page goes and its frame becomes part of a larger block, while GUP-fast pins it. How a
 * page is pinned depends on the order of its block, which is stable only for a CPU that has a
 * reference.
 *
 *	CPU0 madvise(DONTNEED), alloc	CPU1 gup_fast_only(FOLL_PIN)
 *					pte = read PTE
 *	clear PTE
 *	flush
 *	drop the page: count 0
 *					head, order = read page
 *	allocate a block of two
 *					grab the head: as many as for that order
 *					PTE still the same? no: drop as many
 */
#include <mm/gup.h>
#include <mm/mm.h>
#include <tests/scenario.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;
static struct page *block;

static void setup(void)
{
	mm = mm_alloc("mm");
	scenario_check(mm && !mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE, NULL, 0));
	/* The tables are there; then a page whose neighbour is free, so that both are allocated next. */
	scenario_check(!fault_in(mm, ADDR, true));
	scenario_check(!mm_madvise_dontneed(mm, ADDR, PAGE_SIZE));
	do {
		block = alloc_pages(GFP_KERNEL, 0, PAGE_KERNEL);
		scenario_check(block);
	} while (page_to_pfn(block) % 2);
	put_page(block);
	scenario_check(!fault_in(mm, ADDR, true));
	scenario_run_in(0, mm);
	scenario_run_in(1, mm);
}

static void zap(void)
{
	scenario_check(!mm_madvise_dontneed(mm, ADDR, PAGE_SIZE));
	block = alloc_pages(GFP_KERNEL, 1, PAGE_ANON);
	scenario_check(block);
}

static void walk(void)
{
	struct page *page;
	unsigned int got = gup_fast_only(ADDR, 1, FOLL_PIN, &page);

	gup_put_pages(&page, got, FOLL_PIN);
}

static void end(void)
{
	scenario_check(page_ref_count(block) == 1);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb-nmi", .policy = "never"},
	{.flush = "invlpgb-nmi",
	 .policy = "never",
	 .busted = "page_no_release",
	 RED_BY_RACE("plain write, mark_block", "plain read, try_grab_folio_fast")},
	{},
};

static const struct scenario dontneed_vs_pin = {
	.name = "dontneed_vs_pin",
	.help = "a frame becomes part of a larger block while GUP-fast pins it",
	.setup = setup,
	.actor = {zap, walk},
	.end = end,
	.cases = cases,
};
SCENARIO(dontneed_vs_pin);
