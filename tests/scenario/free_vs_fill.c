/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page and its PTE table are unmapped, flushed and freed while the page walker of a CPU
 * that runs the mm has cached the PMD.
 *
 *	CPU0 munmap()			CPU1 thread of the mm
 *					(walker reads the PMD, and caches it)
 *	clear PTE; clear PMD
 *	flush: of pages, for INVLPG
 *					INVLPG: what leads to the page goes too,
 *					   also with EFER.TCE=1
 *	free the table
 *					(walker begins at the PUD again)
 *
 * Policy early-free: without grace periods, as no software walks here.
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;

static void setup(void)
{
	mm = scenario_mm("mm");
	scenario_map(mm, ADDR, PAGE_SIZE);
	scenario_reserve(mm, PAGE_SIZE, PAGE_SIZE); /* keeps the PMD table */
	scenario_run_in(0, mm);
	scenario_run_in(1, mm);
}

static void unmap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PAGE_SIZE));
}

static void run(void)
{
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "early-free", .fills = 1},
	{.flush = "ipi", .policy = "early-free", .fills = 1, .tce = true},
	{.flush = "ipi", .policy = "early-free", .fills = 1, .invlpgb = true, .tce = true},
	{.flush = "invlpgb", .policy = "early-free", .fills = 1, .invlpgb = true},
	{.flush = "invlpgb", .policy = "early-free", .fills = 1, .invlpgb = true, .tce = true},
	{.flush = "ipi",
	 .policy = "early-free",
	 .busted = "tlb_no_remote",
	 .fills = 1,
	 RED_BY("hardware")},
	{.flush = "ipi", .policy = "early-free", .busted = "tlb_no_remote"},
	{},
};

static const struct scenario free_vs_fill = {
	.name = "free_vs_fill",
	.help = "a PTE table is freed; the page walker of a CPU that runs the mm has cached the PMD",
	.setup = setup,
	.actor = {unmap, run},
	.fill_va = ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(free_vs_fill);
