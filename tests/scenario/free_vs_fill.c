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
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup_table();
	scenario_run_in(0, zap_mm);
	scenario_run_in(1, zap_mm);
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
	.actor = {zap_unmap, run},
	.fill_va = ZAP_ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(free_vs_fill);
