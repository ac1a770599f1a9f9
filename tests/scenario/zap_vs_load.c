/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped, flushed and freed while another CPU loads from it.
 *
 *	CPU0 munmap()			CPU1 thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *	flush
 *	free the page
 *					load: a fault, or the page before it is free
 */
#include <mm/mm.h>
#include <model/machine.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;

static void setup(void)
{
	mm = scenario_mm("mm");
	/* Only the page goes, so lazy CPUs are left alone. */
	scenario_map_page(mm, ADDR);
	scenario_run_in(0, mm);
	scenario_run_in(1, mm);
}

static void zap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PAGE_SIZE));
}

static void load(void)
{
	scenario_load_twice(ADDR);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .tce = true},
	{.flush = "pv", .policy = "broadcast", .preemptions = 1},
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_no_remote", RED_BY("hardware")},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "gather_free_before_flush",
	 RED_BY("hardware")},
	{.flush = "pv",
	 .policy = "broadcast",
	 .busted = "pv_no_flush_on_resume",
	 .preemptions = 1,
	 RED_BY("hardware")},
	{},
};

static const struct scenario zap_vs_load = {
	.name = "zap_vs_load",
	.help = "a page is unmapped and freed while another CPU loads from it",
	.setup = setup,
	.actor = {zap, load},
	.preempt_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(zap_vs_load);
