/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PTE tables of a file are retracted, without mmap_lock, while the mm unmaps the file.
 *
 *	CPU0 truncation, retraction		CPU1 munmap()
 *						zap; unlink the VMA from the file
 *	(finds the VMA, or does not)
 *	clear PMD; free the table by RCU
 *						PMD is none: the table is not ours to free
 *
 * And while another CPU uses what else there is in these 2 MiB: a table goes only where the
 * file has all of them in one VMA.
 */
#include <asm/uaccess.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE
#define NR   (PMD_SIZE >> PAGE_SHIFT)

static struct mm_struct *mm;
static struct address_space *file;

static void setup_unmap(void)
{
	mm = scenario_mm("mm");
	file = scenario_file(NR);
	scenario_map_file(mm, ADDR, PMD_SIZE, file, 0);
	scenario_make_tables(mm, ADDR);
	scenario_map(mm, 2 * PMD_SIZE, PAGE_SIZE); /* keeps the tables above */
	scenario_map(mm, PMD_SIZE - PAGE_SIZE, PAGE_SIZE);
	down_write(&file->invalidate_lock);
}

static void map_beside(unsigned long addr, unsigned long pgoff, unsigned long neighbour)
{
	scenario_map_file(mm, addr, PAGE_SIZE, file, pgoff);
	scenario_check(!fault_in(mm, addr, true));
	scenario_map(mm, neighbour, PAGE_SIZE);
}

/* The VMA ends early; it begins late; and neither, but it is not where 2 MiB begin. */
static void setup_beside(void)
{
	mm = scenario_mm("mm");
	file = scenario_file(NR);
	map_beside(PUD_SIZE, 0, PUD_SIZE + PAGE_SIZE);
	map_beside(2 * PUD_SIZE + PAGE_SIZE, 1, 2 * PUD_SIZE);
	scenario_map(mm, 3 * PUD_SIZE, PAGE_SIZE);
	scenario_map_file(mm, 3 * PUD_SIZE + PAGE_SIZE, PMD_SIZE, file, 0);
	scenario_check(!fault_in(mm, 3 * PUD_SIZE + PAGE_SIZE, true));
	scenario_run_in(1, mm);
}

static void retract(void)
{
	retract_page_tables(file, 0);
}

static void truncate_nothing_to_retract(void)
{
	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, NR);
	scenario_check(!retract_page_tables(file, 0));
	up_write(&file->invalidate_lock);
}

static void unmap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PMD_SIZE));
}

static void load_beside(void)
{
	u64 v;

	scenario_check(!get_user_u64(&v, PUD_SIZE + PAGE_SIZE));
	scenario_check(!get_user_u64(&v, 2 * PUD_SIZE));
	scenario_check(!get_user_u64(&v, 3 * PUD_SIZE));
}

static const struct scenario_case unmap_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "unmap_unlink_late", RED_BY("scenario")},
	{},
};

static const struct scenario retract_vs_unmap = {
	.name = "retract_vs_unmap",
	.help = "a PTE table of a file is retracted while the mm unmaps the file",
	.setup = setup_unmap,
	.actor = {retract, unmap},
	.cases = unmap_cases,
};
SCENARIO(retract_vs_unmap);

static const struct scenario_case load_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "retract_partly", RED_BY("scenario")},
	{},
};

static const struct scenario retract_vs_load = {
	.name = "retract_vs_load",
	.help = "a file that has only a part of 2 MiB is truncated; loads from the other part",
	.setup = setup_beside,
	.actor = {truncate_nothing_to_retract, load_beside},
	.cases = load_cases,
};
SCENARIO(retract_vs_load);
