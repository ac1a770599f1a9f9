/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A huge page becomes read-only, or the copy of small ones, while another CPU stores to the last
 * page of it.
 *
 *	CPU0 mprotect()			CPU1 thread of the mm
 *					store: the TLB keeps the translation
 *	make the entry read-only
 *	flush
 *	read the page
 *					store: faults
 *
 *	CPU0 collapse_huge_page()	CPU1 thread of the mm
 *					store: the TLB keeps the translation
 *	clear the PMD
 *	flush
 *	copy the small page
 *					store: faults, until the huge page is there
 *
 * After mprotect() no store lands: the page stays what it was read as. Of a collapse no store
 * that did not fault is lost.
 */
#include <asm/uaccess.h>
#include <mm/collapse.h>
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PUD_SIZE
#define LAST (ADDR + PMD_SIZE - PAGE_SIZE)

static struct mm_struct *mm;
static u64 when_protected, stored;

static void setup_small(void)
{
	mm = scenario_mm("mm");
	scenario_map(mm, ADDR, PMD_SIZE);
	scenario_run_in(1, mm);
}

static void setup_huge(void)
{
	mm = scenario_mm("mm");
	scenario_map_huge(mm, ADDR);
	scenario_run_in(1, mm);
}

static void setup_hugetlb(void)
{
	mm = scenario_mm("mm");
	scenario_map_hugetlb(mm, ADDR, PMD_SIZE);
	scenario_reserve(mm, ADDR + PMD_SIZE, PAGE_SIZE); /* keeps the tables */
	scenario_run_in(1, mm);
}

static void protect(void)
{
	scenario_check(!mm_mprotect(mm, ADDR, PMD_SIZE, false));
	when_protected = READ_ONCE(*scenario_word(mm, LAST));
}

static void collapse(void)
{
	scenario_collapse(mm, ADDR);
}

static void store_twice(void)
{
	for (u64 n = 1; n <= 2; n++)
		if (!put_user_u64(n, LAST))
			stored = n;
}

static void end_protected(void)
{
	scenario_check(*scenario_word(mm, LAST) == when_protected);
}

static void end_collapsed(void)
{
	scenario_check(*scenario_word(mm, LAST) == stored);
}

#define IPI .flush = "ipi", .policy = "broadcast"
#define HW  .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{IPI},
	{IPI, .tso = true},
	{HW},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{IPI, .busted = "tlb_no_remote", RED_BY("scenario")},
	{},
};

static const struct scenario huge_vs_store = {
	.name = "huge_vs_store",
	.help = "a huge page becomes read-only while another CPU stores to it",
	.setup = setup_huge,
	.actor = {protect, store_twice},
	.end = end_protected,
	.cases = cases,
};
SCENARIO(huge_vs_store);

static const struct scenario hugetlb_vs_store = {
	.name = "hugetlb_vs_store",
	.help = "a hugetlb page becomes read-only while another CPU stores to it",
	.setup = setup_hugetlb,
	.actor = {protect, store_twice},
	.end = end_protected,
	.cases = cases,
};
SCENARIO(hugetlb_vs_store);

static const struct scenario_case collapse_cases[] = {
	{IPI},
	{IPI, .tso = true},
	{HW},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	/* The page that the store goes to is free by then: that comes first. */
	{IPI, .busted = "tlb_no_remote", RED_BY("hardware")},
	{},
};

static const struct scenario collapse_vs_store = {
	.name = "collapse_vs_store",
	.help = "small pages are copied to a huge one while another CPU stores to the last of them",
	.setup = setup_small,
	.actor = {collapse, store_twice},
	.end = end_collapsed,
	.cases = collapse_cases,
};
SCENARIO(collapse_vs_store);
