/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A huge page is taken away while another CPU loads from the last page of it.
 *
 *	CPU0 madvise(DONTNEED), munmap()	CPU1 thread of the mm
 *						load (the TLB keeps 2 MiB)
 *	clear the PMD
 *	flush
 *	drop the huge page
 *						load: a fault, or the page before it is free
 *
 * One of anonymous memory; and one of a hugetlb file, which drops its reference as well.
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PUD_SIZE
#define LAST (ADDR + PMD_SIZE - PAGE_SIZE)

static struct mm_struct *mm;
static struct address_space *file;

static void setup_anon(void)
{
	mm = scenario_mm("mm");
	scenario_map_huge(mm, ADDR);
	scenario_run_in(1, mm);
}

static void setup_hugetlb(void)
{
	mm = scenario_mm("mm");
	file = scenario_map_hugetlb(mm, ADDR, PMD_SIZE);
	scenario_reserve(mm, ADDR + PMD_SIZE, PAGE_SIZE); /* keeps the tables */
	scenario_run_in(1, mm);
}

static void dontneed(void)
{
	scenario_check(!mm_madvise_dontneed(mm, ADDR, PMD_SIZE));
	scenario_say_gone();
}

static void unmap_and_drop(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PMD_SIZE));
	scenario_drop_first_page(file);
	scenario_say_gone();
}

static void load(void)
{
	scenario_load_until_gone(LAST);
}

#define IPI .flush = "ipi", .policy = "broadcast"
#define HW  .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{IPI},
	{IPI, .tso = true},
	{IPI, .invlpgb = true},
	{HW},
	{HW, .tce = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{IPI, .busted = "tlb_no_remote", RED_BY("hardware")},
	{IPI, .busted = "gather_free_before_flush", RED_BY("hardware")},
	{},
};

static const struct scenario huge_vs_load = {
	.name = "huge_vs_load",
	.help = "a huge page is zapped and freed while another CPU loads from it",
	.setup = setup_anon,
	.actor = {dontneed, load},
	.cases = cases,
};
SCENARIO(huge_vs_load);

/* The file has the page until it is flushed: free_before_flush is not seen. */
static const struct scenario_case hugetlb_cases[] = {
	{IPI}, {HW}, {HW, .tce = true}, {IPI, .busted = "tlb_no_remote", RED_BY("hardware")}, {},
};

static const struct scenario hugetlb_vs_load = {
	.name = "hugetlb_vs_load",
	.help = "a hugetlb page is unmapped and freed while another CPU loads from it",
	.setup = setup_hugetlb,
	.actor = {unmap_and_drop, load},
	.cases = hugetlb_cases,
};
SCENARIO(hugetlb_vs_load);
