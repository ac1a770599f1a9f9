/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page moves to another address while its file is truncated, which finds it at the new
 * one and flushes that. Does a CPU still load by the old one?
 *
 *	CPU0 move_page_tables()		CPU1 truncation, in a thread of the mm
 *					load by the old address (the TLB keeps it)
 *	lock; clear the old PTE
 *	set the new PTE
 *	flush the old address; unlock
 *					old PTE: none
 *					clear the new PTE; flush the new address
 *					(now the page may be freed)
 *					load by the old address: must not find it
 *
 * eb66ae030829, CVE-2018-18281: the flush came after the unlock.
 */
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <mm/mremap.h>
#include <mm/vma.h>
#include <tests/scenario_actors.h>

#define OLD PAGE_SIZE
#define NEW PMD_SIZE

static struct mm_struct *mm;
static struct address_space *file;
static struct vm_area_struct *old_vma, *new_vma;

static void setup(void)
{
	mm = scenario_mm("mm");
	file = mapping_alloc(1, PAGE_SHIFT);
	scenario_check(file && !mm_mmap(mm, OLD, PAGE_SIZE, VM_WRITE, file, 0));
	scenario_check(!mm_mmap(mm, NEW, PAGE_SIZE, VM_WRITE, file, 0));
	scenario_check(!fault_in(mm, OLD, true));
	mmap_write_lock(mm);
	old_vma = vma_lookup(mm, OLD);
	new_vma = vma_lookup(mm, NEW);
	scenario_check(!pte_alloc(mm, mm_find_pmd(mm, NEW)));
	down_write(&file->invalidate_lock);
	scenario_run_in(1, mm);
}

/* mremap() but for mmap_lock, which it holds for write all the time. */
static void move(void)
{
	scenario_check(move_page_tables(old_vma, OLD, new_vma, NEW, PAGE_SIZE) == PAGE_SIZE);
}

static void truncate(void)
{
	u64 v;

	get_user_u64(&v, OLD);
	unmap_mapping_pages(file, 0, 1);
	scenario_check(get_user_u64(&v, OLD) && get_user_u64(&v, NEW));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "move_flush_unlocked",
	 RED_BY("scenario")},
	{.flush = "invlpgb",
	 .policy = "broadcast",
	 .invlpgb = true,
	 .busted = "move_flush_unlocked",
	 RED_BY("scenario")},
	/* The NMI in place of INVLPGB drops everything: the flush of the new address also
	 * drops the old one. */
	{.flush = "invlpgb-nmi", .policy = "broadcast", .busted = "move_flush_unlocked"},
	{},
};

static const struct scenario move_vs_load = {
	.name = "move_vs_load",
	.help = "a page moves to another address while its file is truncated",
	.setup = setup,
	.actor = {move, truncate},
	.cases = cases,
};
SCENARIO(move_vs_load);
