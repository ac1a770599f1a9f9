/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policy targeted: does whoever waits see the walker that says it walks?
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
#include <mm/collapse.h>
#include <mm/gup.h>
#include <mm/mm.h>
#include <tests/scenario.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;

static void setup(void)
{
	mm = mm_alloc("mm");
	scenario_check(mm && !mm_mmap(mm, ADDR, PMD_SIZE, VM_WRITE, NULL, 0));
	for (unsigned long a = ADDR; a < ADDR + PMD_SIZE; a += PAGE_SIZE)
		scenario_check(!fault_in(mm, a, true));
	scenario_run_in(0, mm);
	scenario_run_in(1, mm);
}

static void collapse(void)
{
	int ret = collapse_huge_page(mm, ADDR);

	scenario_check(!ret || ret == -EAGAIN);
}

static void walk(void)
{
	struct page *page;
	unsigned int got = gup_fast_only(ADDR, 1, FOLL_GET, &page);

	gup_put_pages(&page, got, FOLL_GET);
}

#define TARGETED(how) .flush = how, .policy = "targeted"
static const struct scenario_case cases[] = {
	{TARGETED("invlpgb"), .invlpgb = true, .useful = USEFUL, .tso = true},
	{TARGETED("invlpgb"), .invlpgb = true, .busted = "walk_publish_weak", .useful = USEFUL},
	{TARGETED("invlpgb"), .invlpgb = true, .busted = "walk_publish_weak", .tso = true,
	 .expect = SOMETIMES, .oracle = "walks"},
	{TARGETED("invlpgb"), .invlpgb = true, .busted = "targeted_no_mb", .tso = true,
	 .useful = USEFUL},
	/* The NMI answers by a store, and the buffer is a FIFO: what was published before is out. */
	{TARGETED("invlpgb-nmi"), .busted = "walk_publish_weak", .tso = true, .useful = USEFUL},
	/* Whom the flush has waited for needs no second wait, and no barrier. */
	{TARGETED("ipi"), .busted = "walk_publish_weak", .tso = true, .useful = NOT_USEFUL},
	{},
};

static const struct scenario targeted_vs_gup = {
	.name = "targeted_vs_gup",
	.help = "a walker says that it walks, while somebody looks whether it does",
	.setup = setup,
	.actor = {collapse, walk},
	.cases = cases,
};
SCENARIO(targeted_vs_gup);
