/* SPDX-License-Identifier: GPL-2.0 */
/*
 * munmap finds no memory for a batch of tables and frees each by itself.
 *
 *	CPU0 munmap(), no memory	CPU1 gup_fast_only()
 *					pmd = read PMD	(before the clear)
 *	clear PMD
 *	(no batch) flush
 *					pte = read PTE
 *	call_rcu() for this very table
 *	grace period; free the table
 *
 * The order is that of a batch: flush, grace period, free. 0ed1325967ab put the flush there.
 * Before, it came at the end of the gather, after call_rcu() or the freeing of the table.
 */
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup_table();
	scenario_run_in(1, zap_mm);
	fail_page_alloc_set(1);
}

static void zap(void)
{
	zap_unmap();
	scenario_tick();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "invlpgb-nmi", .policy = "never"},
	/* Freed at once: then the flush has to do for the walker as well, if it interrupts. */
	{.flush = "ipi", .policy = "early-free"},
	{.flush = "invlpgb-nmi", .policy = "early-free", .expect = SOMETIMES},
	{.flush = "ipi",
	 .policy = "early-free",
	 .busted = "gather_nomem_no_flush",
	 RED_BY("walks")},
	{},
};

static const struct scenario nomem_vs_gup = {
	.name = "nomem_vs_gup",
	.help = "a gather without memory for a batch frees a table while GUP-fast walks it",
	.setup = setup,
	.actor = {zap, zap_walk},
	.cases = cases,
};
SCENARIO(nomem_vs_gup);
