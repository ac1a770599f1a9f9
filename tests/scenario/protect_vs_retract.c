/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vm_flags of a VMA change, under mmap_lock, while its page tables are retracted by a CPU that
 * found it through the file and has no mmap_lock.
 *
 *	CPU0 mprotect()			CPU1 retract_page_tables()
 *					flush_tlb_range(): reads vm_flags, for the stride
 *	writes vm_flags
 *
 * Both are marked: vm_flags_reset_once(), vma_stride_shift(). Only RACES=1 could notice.
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
	scenario_make_tables(mm, ADDR);
	down_write(&file->invalidate_lock);
}

static void protect(void)
{
	scenario_check(!mm_mprotect(mm, ADDR, PMD_SIZE, false));
}

static void retract(void)
{
	scenario_check(retract_page_tables(file, 0) == 1);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "vm_flags_plain",
	 RED_BY_RACE("plain write, mm_mprotect", "marked read, pmdp_collapse_flush_receipt")},
	{},
};

static const struct scenario protect_vs_retract = {
	.name = "protect_vs_retract",
	.help = "a mapping of a file becomes read-only while its page tables are retracted",
	.setup = setup,
	.actor = {protect, retract},
	.cases = cases,
};
SCENARIO(protect_vs_retract);
