/* SPDX-License-Identifier: GPL-2.0 */
/*
 * munmap frees pages, and then the tables that mapped them, while GUP-fast walks them.
 *
 *	CPU0 munmap()			CPU1 gup_fast_only()
 *					pmd = read PMD	(before the clear)
 *	clear PTE
 *	clear PMD, PUD, PGD
 *	flush
 *					pte = read PTE
 *	call_rcu()
 *	drop the page
 *	grace period; free the tables
 *
 * Tables that are freed need no sync, only a grace period: every policy that has one
 * will do, also the one that never waits.
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;

static void setup(void)
{
	mm = scenario_mm("mm");
	scenario_map(mm, ADDR, PAGE_SIZE);
	scenario_run_in(1, mm);
}

static void zap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PAGE_SIZE));
	scenario_tick();
}

static void walk(void)
{
	scenario_walk(ADDR);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "never"},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .slow = true},
	{.flush = "invlpgb-nmi", .policy = "implied", .slow = true},
	{.flush = "invlpgb-nmi", .policy = "receipt", .slow = true},
	{.flush = "invlpgb-nmi", .policy = "targeted", .slow = true},
	{.flush = "invlpgb-nmi", .policy = "mmcpus", .slow = true},
	{.flush = "invlpgb-nmi", .policy = "rcu", .slow = true},
	{.flush = "invlpgb-nmi", .policy = "never"},
	/* Without the grace period the flush has to wait, and does by interrupts only. */
	{.flush = "ipi", .policy = "early-free"},
	{.flush = "invlpgb-nmi", .policy = "early-free", .expect = SOMETIMES},
	{},
};

static const struct scenario zap_vs_gup = {
	.name = "zap_vs_gup",
	.help = "munmap frees pages and page tables while GUP-fast walks them",
	.setup = setup,
	.actor = {zap, walk},
	.cases = cases,
};
SCENARIO(zap_vs_gup);
