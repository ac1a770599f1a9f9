/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A shared PMD table is left by one mm, and reused by the last, while GUP-fast walks it.
 *
 *	CPU0 A unmaps, P reuses		CPU1 gup_fast_only() in A
 *					pud = read PUD
 *	A: clear PUD
 *	A: flush, sync
 *	P: clear PMD (its own now)
 *					pmd = read PMD in what is P's table
 */
#include <mm/gup.h>
#include <mm/hugetlb.h>
#include <mm/mm.h>
#include <tests/scenario.h>

#define ADDR PUD_SIZE

static struct mm_struct *owner, *sharer;

static void map(struct mm_struct *mm, struct address_space *file)
{
	scenario_check(!mm_mmap(mm, ADDR, PUD_SIZE, VM_WRITE | VM_MAYSHARE | VM_HUGETLB, file, 0));
	scenario_check(!fault_in(mm, ADDR, true));
}

static void setup(void)
{
	struct address_space *file = mapping_alloc(PUD_SIZE >> PAGE_SHIFT, PMD_SHIFT);

	owner = mm_alloc("owner");
	sharer = mm_alloc("sharer");
	scenario_check(file && owner && sharer);
	map(owner, file);
	map(sharer, file);
	scenario_run_in(1, sharer);
}

static void unshare(void)
{
	scenario_check(!mm_munmap(sharer, ADDR, PUD_SIZE));
	scenario_check(!mm_munmap(owner, ADDR, PMD_SIZE));
}

static void walk(void)
{
	struct page *page;
	unsigned int got = gup_fast_only(ADDR, 1, FOLL_GET, &page);

	gup_put_pages(&page, got, FOLL_GET);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "implied", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "receipt", .useful = NOT_USEFUL},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "receipt", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "targeted", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "mmcpus", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .useful = USEFUL, .slow = true},
	/* 1013af4f585f, CVE-2025-38085: RCU protects freeing, not reuse. */
	{.flush = "invlpgb",
	 .policy = "never",
	 .invlpgb = true,
	 .expect = SOMETIMES,
	 .oracle = "walks"},
	{.flush = "invlpgb",
	 .policy = "rcu",
	 .invlpgb = true,
	 .expect = SOMETIMES,
	 .oracle = "walks"},
	{},
};

static const struct scenario unshare_vs_gup = {
	.name = "unshare_vs_gup",
	.help = "a shared PMD table is unshared and reused while GUP-fast walks it",
	.setup = setup,
	.actor = {unshare, walk},
	.cases = cases,
};
SCENARIO(unshare_vs_gup);
