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
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;
static struct address_space *file;

static void setup(void)
{
	mm = scenario_mm("mm");
	file = scenario_file(PMD_SIZE >> PAGE_SHIFT);
	scenario_map_file(mm, ADDR, PMD_SIZE, file, 0);
	scenario_check(!fault_in(mm, ADDR, true));
	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, PMD_SIZE >> PAGE_SHIFT);
	up_write(&file->invalidate_lock);
	scenario_run_in(1, mm);
}

static void retract(void)
{
	down_write(&file->invalidate_lock);
	scenario_check(retract_page_tables(file, 0) == 1);
	up_write(&file->invalidate_lock);
	scenario_tick();
}

static void walk(void)
{
	scenario_walk(ADDR);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
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
