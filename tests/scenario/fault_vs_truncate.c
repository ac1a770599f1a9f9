/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page of a file is faulted in while the file is truncated, which takes the page out of all
 * mappings and, where a table is left empty, the table too.
 *
 *	CPU0 truncation			CPU1 fault in a thread of the mm
 *	lock invalidate_lock
 *	zap the page: none is mapped
 *					map the page
 *	(it must be mapped nowhere)
 *	retract the PTE table, with
 *	an entry in it
 *	unlock
 *
 * invalidate_lock keeps faults out, also those of a VMA that was not there before.
 */
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/rmap.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE
#define NR   (PMD_SIZE >> PAGE_SHIFT)

static struct mm_struct *mm;
static struct address_space *file;
static struct page *page;

static void setup_unmapped(void)
{
	mm = scenario_mm("mm");
	file = scenario_file(NR);
	page = mapping_get_page(file, 0);
	scenario_check(page);
}

static void setup(void)
{
	setup_unmapped();
	scenario_map_file(mm, ADDR, PMD_SIZE, file, 0);
	scenario_check(!fault_in(mm, ADDR, true));
}

static void truncate(void)
{
	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, NR);
	scenario_check(!page_mapped(page));
	up_write(&file->invalidate_lock);
}

static void truncate_and_retract(void)
{
	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, NR);
	retract_page_tables(file, 0);
	scenario_check(!page_mapped(page));
	up_write(&file->invalidate_lock);
}

static void fault(void)
{
	scenario_check(!fault_in(mm, ADDR, true));
}

static void map_and_fault(void)
{
	scenario_map_file(mm, ADDR, PMD_SIZE, file, 0);
	fault();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "fault_no_invalidate_lock",
	 RED_BY("scenario")},
	{},
};

static const struct scenario fault_vs_truncate = {
	.name = "fault_vs_truncate",
	.help = "a page of a file is faulted in while the file is truncated",
	.setup = setup,
	.actor = {truncate, fault},
	.cases = cases,
};
SCENARIO(fault_vs_truncate);

static const struct scenario fault_vs_retract = {
	.name = "fault_vs_retract",
	.help = "a page of a file is faulted in while the table that maps it is retracted",
	.setup = setup,
	.actor = {truncate_and_retract, fault},
	.cases = cases,
};
SCENARIO(fault_vs_retract);

static const struct scenario mmap_vs_truncate = {
	.name = "mmap_vs_truncate",
	.help = "a file is mapped, and a page of it faulted in, while it is truncated",
	.setup = setup_unmapped,
	.actor = {truncate, map_and_fault},
	.cases = cases,
};
SCENARIO(mmap_vs_truncate);
