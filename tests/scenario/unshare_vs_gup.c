/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A shared PMD table is left by one mm, and reused by the last, while GUP-fast walks it.
 *
 *	CPU0 A unmaps, P reuses		CPU1 gup_fast_only() in A
 *					pud = read PUD
 *	A: clear PUD
 *	A: flush, sync
 *	P: clear PMD (its own now)
 *					pmd = read PMD in what is P's table
 */
#include <tests/scenario_share.h>

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "implied", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "receipt", .useful = NOT_USEFUL},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "receipt", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "targeted", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "mmcpus", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .useful = USEFUL, .slow = true},
	/* 1013af4f585f, CVE-2025-38085: RCU protects freeing, not reuse. */
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, RED_BY("walks")},
	{.flush = "invlpgb", .policy = "rcu", .invlpgb = true, RED_BY("walks")},
	{},
};

static const struct scenario unshare_vs_gup = {
	.name = "unshare_vs_gup",
	.help = "a shared PMD table is unshared and reused while GUP-fast walks it",
	.setup = share_setup,
	.actor = {share_unshare, share_walk},
	.cases = cases,
};
SCENARIO(unshare_vs_gup);
