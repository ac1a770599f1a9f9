/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policy targeted: does the sync see a walker that has published its walk?
 *
 *	CPU0 collapse_huge_page()	CPU1 gup_fast_only()
 *					active_lockless_pt_walk_mm = mm	(still in the
 *									 store buffer)
 *					pmd = read PMD	(before the clear)
 *	clear PMD; flush
 *	read active...: NULL
 *	no wait; deposit the table
 *					pte = read PTE
 *
 * A store buffer is all that it takes: without one the walker's store and load stay in order
 * whatever barrier is between them. Series v4 had smp_rmb() there.
 *
 * The other side's barrier [Y] cannot be missed on x86: the PMD was cleared by XCHG. It
 * stands for machines where a locked operation is no full barrier, and for callers that
 * withdraw by a plain store.
 */
#include <tests/scenario_range.h>

#define TARGETED(how) .flush = how, .policy = "targeted"
static const struct scenario_case cases[] = {
	{TARGETED("invlpgb"), .invlpgb = true, .useful = USEFUL, .tso = true},
	{TARGETED("invlpgb"), .invlpgb = true, .busted = "walk_publish_weak", .useful = USEFUL},
	{TARGETED("invlpgb"), .invlpgb = true, .busted = "walk_publish_weak", .tso = true,
	 RED_BY("walks")},
	{TARGETED("invlpgb"), .invlpgb = true, .busted = "targeted_no_mb", .tso = true,
	 .useful = USEFUL},
	/* The NMI answers by a store, and the buffer is a FIFO: what was published before is out. */
	{TARGETED("invlpgb-nmi"), .busted = "walk_publish_weak", .tso = true, .useful = USEFUL},
	/* A walker that the flush has waited for needs no second wait, and no barrier. */
	{TARGETED("ipi"), .busted = "walk_publish_weak", .tso = true, .useful = NOT_USEFUL},
	{},
};

static const struct scenario targeted_vs_gup = {
	.name = "targeted_vs_gup",
	.help = "a walker publishes its mm while a sync reads which CPUs walk",
	.setup = range_setup_threads,
	.actor = {range_collapse, range_walk},
	.cases = cases,
};
SCENARIO(targeted_vs_gup);
