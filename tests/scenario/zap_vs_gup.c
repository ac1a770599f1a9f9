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
 * Tables that are freed owe nobody a sync, only a grace period: every policy that has one
 * will do, also the one that never waits.
 */
#include <kernel/irqflags.h>
#include <kernel/rcu.h>
#include <mm/gup.h>
#include <mm/mm.h>
#include <tests/scenario.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;

static void setup(void)
{
	mm = mm_alloc("mm");
	scenario_check(mm && !mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE, NULL, 0));
	scenario_check(!fault_in(mm, ADDR, true));
	scenario_run_in(1, mm);
}

/*
 * A timer interrupt, at this place and no other. CPU0 reports here, CPU1 at the end of its
 * thread; whoever is last ends the grace period.
 */
static void tick(void)
{
	local_irq_disable();
	rcu_sched_clock_irq(true);
	local_irq_enable();
}

static void zap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PAGE_SIZE));
	tick();
}

static void walk(void)
{
	struct page *page;
	unsigned int got = gup_fast_only(ADDR, 1, FOLL_GET, &page);

	gup_put_pages(&page, got, FOLL_GET);
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
