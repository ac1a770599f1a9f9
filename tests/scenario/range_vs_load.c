/* SPDX-License-Identifier: GPL-2.0 */
/*
 * More than one page is unmapped by one flush while another CPU loads from the last of them, or
 * the first.
 *
 *	CPU0 munmap(), madvise(DONTNEED)	CPU1 thread of the mm
 *						load from the last page (cached)
 *	clear the PTEs; clear the PMD
 *	flush [start, end), in strides
 *						INVLPG of each address of it
 *	free the pages
 *						load from the last page: a fault
 *
 * What is flushed is the union of what was cleared, in the smallest stride in it. The page
 * tables go too (range_vs_load); or the pages alone, of two tables (range_vs_load_tables); or
 * a huge page before (huge_then_small_vs_load) or after a small one (small_then_huge_vs_load).
 */
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;
static unsigned long first, last, loaded;

/* [@at, @at + @len), of which the last page is loaded from. */
static void reserve(unsigned long at, unsigned long len)
{
	mm = scenario_mm("mm");
	first = at;
	last = at + len - PAGE_SIZE;
	loaded = last;
	scenario_reserve(mm, at, len);
	scenario_run_in(1, mm);
}

static void fault(unsigned long addr)
{
	scenario_check(!fault_in(mm, addr, true));
}

static void setup_one_table(void)
{
	reserve(ADDR, PMD_SIZE);
	fault(first);
	fault(last);
}

static void setup_two_tables(void)
{
	reserve(ADDR + PMD_SIZE - PAGE_SIZE, PMD_SIZE);
	fault(first);
	fault(last - PAGE_SIZE);
	fault(last);
}

static void setup_load_first(void)
{
	setup_two_tables();
	loaded = first;
}

static void setup_huge_first(void)
{
	reserve(ADDR, 2 * PMD_SIZE);
	for (unsigned long at = first; at < first + PMD_SIZE; at += PAGE_SIZE)
		fault(at);
	scenario_check(!collapse_huge_page(mm, first));
	fault(last);
}

static void setup_huge_last(void)
{
	reserve(ADDR + PMD_SIZE - PAGE_SIZE, PAGE_SIZE + PMD_SIZE);
	for (unsigned long at = first; at <= last; at += PAGE_SIZE)
		fault(at);
	scenario_check(!collapse_huge_page(mm, first + PAGE_SIZE));
}

static void unmap(void)
{
	scenario_check(!mm_munmap(mm, first, last + PAGE_SIZE - first));
	scenario_say_gone();
}

static void dontneed(void)
{
	scenario_check(!mm_madvise_dontneed(mm, first, last + PAGE_SIZE - first));
	scenario_say_gone();
}

static void load(void)
{
	scenario_load_until_gone(loaded);
}

#define IPI .flush = "ipi", .policy = "broadcast"
#define HW  .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{IPI},
	{IPI, .invlpgb = true},
	{HW},
	{HW, .tce = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{IPI, .busted = "tlb_no_remote", RED_BY("hardware")},
	{},
};

/* Each page is an INVLPGB of its own, carried out when it may be: these are large searches. */
static const struct scenario_case large_cases[] = {
	{IPI},
	{IPI, .invlpgb = true},
	{HW, .slow = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{IPI, .busted = "tlb_no_remote", RED_BY("hardware")},
	{},
};

static const struct scenario range_vs_load = {
	.name = "range_vs_load",
	.help = "pages and their table are unmapped while another CPU loads from the last page",
	.setup = setup_one_table,
	.actor = {unmap, load},
	.cases = large_cases,
};
SCENARIO(range_vs_load);

static const struct scenario range_vs_load_tables = {
	.name = "range_vs_load_tables",
	.help = "pages of two tables are zapped while another CPU loads from the last one",
	.setup = setup_two_tables,
	.actor = {dontneed, load},
	.cases = cases,
};
SCENARIO(range_vs_load_tables);

static const struct scenario range_vs_first_load = {
	.name = "range_vs_first_load",
	.help = "pages of two tables are zapped while another CPU loads from the first one",
	.setup = setup_load_first,
	.actor = {dontneed, load},
	.cases = cases,
};
SCENARIO(range_vs_first_load);

static const struct scenario huge_then_small_vs_load = {
	.name = "huge_then_small_vs_load",
	.help = "a huge page and a small one are zapped while another CPU loads from the small one",
	.setup = setup_huge_first,
	.actor = {dontneed, load},
	.cases = large_cases,
};
SCENARIO(huge_then_small_vs_load);

static const struct scenario small_then_huge_vs_load = {
	.name = "small_then_huge_vs_load",
	.help = "a small page and a huge one are zapped while another CPU loads from the huge one",
	.setup = setup_huge_last,
	.actor = {dontneed, load},
	.cases = cases,
};
SCENARIO(small_then_huge_vs_load);
