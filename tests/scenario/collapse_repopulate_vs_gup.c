/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A collapse finds a page pinned and puts the same PTE table back: GUP-fast, which reads
 * the PMD twice, sees no change (A-B-A).
 *
 *	CPU0 collapse_huge_page()	CPU1 gup_fast_only()
 *					pmd = read PMD	(A)
 *	clear PMD			(B)
 *	flush
 *	sync
 *					pte = read PTE
 *	isolate: a page is pinned
 *	put the table back		(A)
 *					grab the page; PMD and PTE still the same
 *	(pin dropped) clear PMD
 *	flush, sync, isolate
 *	copy; deposit the table
 *					a pin on a page that was copied away?
 */
#include <mm/khugepaged.h>
#include <tests/scenario_range.h>

static struct page *pinned;

static void setup(void)
{
	range_setup_threads();
	/* The last of them: the collapse has looked at the one that CPU1 wants, and gone on. */
	pinned = virt_to_page(scenario_word(range_mm, RANGE_LAST));
	get_page(pinned);
}

static void once(void)
{
	scenario_check(collapse_huge_page(range_mm, RANGE) == -EAGAIN);
}

static void twice(void)
{
	once();
	put_page(pinned);
	range_collapse();
}

/* The first collapse alone: the table is what it was, and a walker inside does no harm. */
static const struct scenario_case once_cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .useful = USEFUL},
	{.flush = "invlpgb-nmi", .policy = "never"},
	{.flush = "invlpgb-nmi", .policy = "rcu"},
	{.flush = "invlpgb-nmi", .policy = "never", .busted = "gup_no_pmd_recheck"},
	{},
};

static const struct scenario collapse_repopulate_vs_gup = {
	.name = "collapse_repopulate_vs_gup",
	.help = "a collapse fails and puts the same PTE table back while GUP-fast walks it",
	.setup = setup,
	.actor = {once, range_walk},
	.cases = once_cases,
};
SCENARIO(collapse_repopulate_vs_gup);

static const struct scenario_case twice_cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "receipt", .useful = NOT_USEFUL},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .useful = USEFUL, .slow = true},
	{.flush = "invlpgb-nmi", .policy = "receipt", .useful = USEFUL, .slow = true},
	{.flush = "invlpgb-nmi", .policy = "targeted", .useful = USEFUL, .slow = true},
	{.flush = "invlpgb-nmi", .policy = "mmcpus", .useful = USEFUL, .slow = true},
	{.flush = "invlpgb-nmi", .policy = "never", RED_BY("walks")},
	{.flush = "invlpgb-nmi", .policy = "rcu", RED_BY("walks")},
	{},
};

static const struct scenario collapse_twice_vs_gup = {
	.name = "collapse_twice_vs_gup",
	.help = "a collapse fails, the next one deposits the table, in one walk of GUP-fast",
	.setup = setup,
	.actor = {twice, range_walk},
	.cases = twice_cases,
};
SCENARIO(collapse_twice_vs_gup);
