/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Three mms share a PMD table. The first to leave it leaves a walker behind; the second is
 * the last to leave, and waits only for its own walkers, if at all; the owner reuses it.
 *
 *	CPU0 mprotect in A1, A2, P	CPU1 gup_fast_only() in A1
 *					pud = read PUD
 *	A1: clear PUD
 *	A1: flush; two are left: no sync
 *	A2: clear PUD
 *	A2: flush, sync
 *	P: clear PMD (its own now)
 *					pmd = read PMD in what is P's table
 *
 * An mprotect leaves a shared table as an munmap does, and touches fewer tables besides.
 * No CPU runs A2: its flush reaches no CPU.
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PUD_SIZE

static struct mm_struct *owner, *first, *second;

static void setup(void)
{
	owner = scenario_mm("P");
	first = scenario_mm("A1");
	second = scenario_mm("A2");
	scenario_share(ADDR, owner, first, second);
	scenario_run_in(1, first);
}

static void unshare(void)
{
	scenario_check(!mm_mprotect(first, ADDR, PUD_SIZE, false));
	scenario_check(!mm_mprotect(second, ADDR, PUD_SIZE, false));
	scenario_check(!mm_mprotect(owner, ADDR, PUD_SIZE, false));
}

static void walk(void)
{
	scenario_walk(ADDR);
}

static const struct scenario_case cases[] = {
	/* A1's own flush has waited for A1's walkers: whatever A2 does is enough. */
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "implied", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "receipt", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "per-mm", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "flag-in-gather", .useful = NOT_USEFUL},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, RED_BY("walks")},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .useful = USEFUL},
	{.flush = "invlpgb-nmi", .policy = "targeted", .useful = USEFUL},
	{.flush = "invlpgb-nmi", .policy = "mmcpus", .useful = USEFUL},
	{.flush = "invlpgb-nmi", .policy = "receipt", .useful = USEFUL},
	/* Series v4 looks for walkers of A2, v3 at A2's flush; A1's walker is neither's. */
	{.flush = "invlpgb-nmi", .policy = "per-mm", RED_BY("walks")},
	{.flush = "invlpgb-nmi", .policy = "flag-in-gather", RED_BY("walks")},
	{.flush = "invlpgb-nmi", .policy = "never", RED_BY("walks")},
	{.flush = "invlpgb-nmi", .policy = "rcu", RED_BY("walks")},
	/* Two withdrawals, and the oracle has room for one: that it found nothing proves nothing. */
	{.flush = "ipi", .policy = "broadcast", .busted = "oracle_no_room", RED_BY("incomplete")},
	{},
};

static const struct scenario unshare_three_vs_gup = {
	.name = "unshare_three_vs_gup",
	.help = "of three sharers the first leaves a walker behind, the second is the last to leave",
	.setup = setup,
	.actor = {unshare, walk},
	.cases = cases,
};
SCENARIO(unshare_three_vs_gup);
