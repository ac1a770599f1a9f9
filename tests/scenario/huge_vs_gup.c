/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A huge page is taken away, freed and allocated anew while GUP-fast has read its PMD.
 *
 *	CPU0 madvise(DONTNEED), alloc	CPU1 gup_fast_only(), the last two pages
 *					pmd = read PMD: a leaf
 *	clear the PMD
 *	flush
 *	drop the huge page: count 0
 *	allocate the block again
 *					grab its head
 *					PMD still the same?
 *
 * Only the re-check of the PMD can notice. On ipi the flush waits for the walk.
 */
#include <mm/gup.h>
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR   PUD_SIZE
#define NR     2
#define WALKED (ADDR + PMD_SIZE - NR * PAGE_SIZE)

static struct mm_struct *mm;
static struct address_space *file;
static struct page *block;

/* What is freed last is allocated first, unless it is merged with its neighbour. */
static void keep_block(void)
{
	struct page *huge = virt_to_page(scenario_word(mm, ADDR));
	struct page *buddy = pfn_to_page(page_to_pfn(huge) ^ HPAGE_PMD_NR);

	while (buddy->type == PAGE_BUDDY && buddy->order == HPAGE_PMD_ORDER)
		scenario_check(alloc_pages(GFP_KERNEL, HPAGE_PMD_ORDER, PAGE_KERNEL));
	scenario_run_in(1, mm);
}

static void setup_anon(void)
{
	mm = scenario_mm("mm");
	scenario_map_huge(mm, ADDR);
	keep_block();
}

static void setup_hugetlb(void)
{
	mm = scenario_mm("mm");
	file = scenario_map_hugetlb(mm, ADDR, PMD_SIZE);
	scenario_reserve(mm, ADDR + PMD_SIZE, PAGE_SIZE); /* keeps the tables */
	keep_block();
}

static void alloc_again(void)
{
	block = alloc_pages(GFP_KERNEL, HPAGE_PMD_ORDER, PAGE_ANON);
	scenario_check(block);
}

static void dontneed(void)
{
	scenario_check(!mm_madvise_dontneed(mm, ADDR, PMD_SIZE));
	alloc_again();
}

static void unmap_and_drop(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PMD_SIZE));
	scenario_drop_first_page(file);
	alloc_again();
}

static void walk(unsigned int flags)
{
	struct page *pages[NR];
	unsigned int got = gup_fast_only(WALKED, NR, flags, pages);

	gup_put_pages(pages, got, flags);
}

static void get(void)
{
	walk(FOLL_GET);
}

static void pin(void)
{
	walk(FOLL_PIN);
}

static void end(void)
{
	scenario_check(page_ref_count(block) == 1 && !atomic_read(&block->_pincount));
}

#define NMI .flush = "invlpgb-nmi", .policy = "never"
#define HW  .flush = "invlpgb", .policy = "never", .invlpgb = true
static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "never"},
	{NMI},
	{HW},
	{HW, .tso = true},
	{.flush = "ipi", .policy = "never", .busted = "gup_no_pmd_recheck"},
	{NMI, .busted = "gup_no_pmd_recheck", RED_BY("pins")},
	{HW, .busted = "gup_no_pmd_recheck", RED_BY("pins")},
	{},
};

static const struct scenario huge_vs_gup = {
	.name = "huge_vs_gup",
	.help = "a huge page is freed and allocated anew between GUP-fast's read and its grab",
	.setup = setup_anon,
	.actor = {dontneed, get},
	.end = end,
	.cases = cases,
};
SCENARIO(huge_vs_gup);

static const struct scenario huge_vs_pin = {
	.name = "huge_vs_pin",
	.help = "the same, for a pin",
	.setup = setup_anon,
	.actor = {dontneed, pin},
	.end = end,
	.cases = cases,
};
SCENARIO(huge_vs_pin);

static const struct scenario hugetlb_vs_gup = {
	.name = "hugetlb_vs_gup",
	.help = "a hugetlb page is freed and allocated anew between GUP-fast's read and its grab",
	.setup = setup_hugetlb,
	.actor = {unmap_and_drop, get},
	.end = end,
	.cases = cases,
};
SCENARIO(hugetlb_vs_gup);
