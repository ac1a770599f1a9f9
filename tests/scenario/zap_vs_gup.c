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
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup_only();
	scenario_run_in(1, zap_mm);
}

static void zap(void)
{
	zap_unmap();
	scenario_tick();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "never"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
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
	.actor = {zap, zap_walk},
	.cases = cases,
};
SCENARIO(zap_vs_gup);
