/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PTE table is withdrawn, and deposited or put back, while GUP-fast walks it.
 *
 *	CPU0 collapse_huge_page()	CPU1 gup_fast_only()
 *	clear PMD
 *	flush
 *					pmd = read PMD	(before the clear)
 *	sync
 *	isolate: no references?
 *					pte = read PTE
 *	copy; deposit the table
 *					grab the page; PMD and PTE still the same?
 */
#include <tests/scenario_range.h>

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "implied", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "receipt", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "targeted", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "mmcpus", .useful = NOT_USEFUL},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "receipt", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "targeted", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "mmcpus", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, RED_BY("walks")},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .useful = USEFUL},
	{.flush = "invlpgb-nmi", .policy = "receipt", .useful = USEFUL},
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL, .tso = true},
	/* A walker takes no lock, so it cannot tell. */
	{.busted = "collapse_deposit_unlocked", RED_BY("lockdep")},
	{.busted = "collapse_deposit_unlocked", .judge = "walks"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "gup_plain_pmd",
	 RED_BY_RACE("marked write, pmdp_collapse_flush_receipt",
		     "plain read, gup_fast_pmd_range")},
	{.flush = "invlpgb-nmi", .policy = "targeted", .useful = USEFUL},
	{.flush = "invlpgb-nmi", .policy = "targeted", .useful = USEFUL, .tso = true},
	{.flush = "invlpgb-nmi", .policy = "mmcpus", .useful = USEFUL},
	/* 2ba99c5e0881: collapse without waiting for GUP-fast where the flush does not interrupt. */
	{.flush = "invlpgb-nmi", .policy = "never", RED_BY("walks")},
	{.flush = "invlpgb-nmi", .policy = "rcu", RED_BY("walks")},
	/*
	 * 70cbc3cc78a9: no sync waits, but no page that is copied away has been grabbed: the
	 * walker looks at the PMD again. Walks inside the table are judged by the oracle walks.
	 */
	{.flush = "invlpgb-nmi", .policy = "never", .judge = "pins"},
	{.flush = "invlpgb-nmi",
	 .policy = "never",
	 .busted = "gup_no_pmd_recheck",
	 .judge = "pins",
	 RED_BY("pins")},
	{},
};

static const struct scenario collapse_vs_gup = {
	.name = "collapse_vs_gup",
	.help = "a PTE table is withdrawn and deposited while GUP-fast walks it",
	.setup = range_setup_threads,
	.actor = {range_collapse, range_walk},
	.cases = cases,
};
SCENARIO(collapse_vs_gup);
