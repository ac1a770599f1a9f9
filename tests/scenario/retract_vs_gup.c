/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PTE table of a file is taken out without mmap_lock, and freed, while GUP-fast walks it.
 *
 *	CPU0 retract_page_tables()	CPU1 gup_fast_only()
 *	(the pages are zapped)
 *					pmd = read PMD	(before the clear)
 *	clear PMD
 *	flush, no sync
 *	pte_free_defer()
 *					pte = read PTE	(none, but in a table)
 *	grace period; free the table
 *
 * Nothing waits for the walker but the grace period, so every policy will do that has one.
 */
#include <kernel/irqflags.h>
#include <kernel/rcu.h>
#include <mm/collapse.h>
#include <mm/gup.h>
#include <mm/mm.h>
#include <tests/scenario.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;
static struct address_space *file;

static void setup(void)
{
	mm = mm_alloc("mm");
	file = mapping_alloc(PMD_SIZE >> PAGE_SHIFT, PAGE_SHIFT);
	scenario_check(mm && file && !mm_mmap(mm, ADDR, PMD_SIZE, VM_WRITE, file, 0));
	scenario_check(!fault_in(mm, ADDR, true));
	down_write(&file->invalidate_lock);
	unmap_mapping_range(file, 0, PMD_SIZE >> PAGE_SHIFT);
	up_write(&file->invalidate_lock);
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

static void retract(void)
{
	down_write(&file->invalidate_lock);
	scenario_check(retract_page_tables(file, 0) == 1);
	up_write(&file->invalidate_lock);
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
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "invlpgb-nmi", .policy = "implied"},
	{.flush = "invlpgb-nmi", .policy = "receipt"},
	{.flush = "invlpgb-nmi", .policy = "targeted"},
	{.flush = "invlpgb-nmi", .policy = "mmcpus"},
	{.flush = "invlpgb-nmi", .policy = "rcu"},
	{.flush = "invlpgb-nmi", .policy = "never"},
	/* Without the grace period the flush has to wait, and does by interrupts only. */
	{.flush = "ipi", .policy = "early-free"},
	{.flush = "invlpgb-nmi", .policy = "early-free", .expect = SOMETIMES},
	{},
};

static const struct scenario retract_vs_gup = {
	.name = "retract_vs_gup",
	.help = "a PTE table of a file is retracted and freed while GUP-fast walks it",
	.setup = setup,
	.actor = {retract, walk},
	.cases = cases,
};
SCENARIO(retract_vs_gup);
