/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mremap(MREMAP_FIXED | MREMAP_DONTUNMAP), whose two VMAs are there before: what is mapped at the
 * new place goes, then the entries move.
 */
#include <kernel/busted.h>
#include <mm/mm.h>
#include <mm/mremap.h>
#include <mm/vma.h>
#include <tests/pairs.h>

DEFINE_BUSTED(pairs_keep_lock, "mremap() returns with mmap_lock");

static struct vm_area_struct *covers(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	return vma && addr + len <= vma->vm_end ? vma : NULL;
}

static int move_locked(struct mm_struct *mm, const struct op *op)
{
	struct vm_area_struct *vma = covers(mm, op->addr, op->len);
	struct vm_area_struct *new_vma = covers(mm, op->to, op->len);
	struct mmu_gather tlb;

	if (!vma || !new_vma)
		return -EFAULT;
	tlb_gather_mmu(&tlb, mm);
	unmap_page_range(&tlb, new_vma, op->to, op->to + op->len);
	tlb_finish_mmu(&tlb);
	return move_page_tables(vma, op->addr, new_vma, op->to, op->len) == op->len ? 0 : -ENOMEM;
}

static void move(const struct op *op)
{
	struct mm_struct *mm = world_mm[MM_A];

	mmap_write_lock(mm);
	result(0, (u64)move_locked(mm, op));
	if (!busted(pairs_keep_lock))
		mmap_write_unlock(mm);
}

#define MOVE .run = move, .sometimes = PMD_LOCK | PTL, .in = MM_A, .on = BIT(MM_A)
#define PTES .locks = MMAP_WRITE | PMD_LOCK | PTL /* PMD: the new table is linked */
OP(move_page, MOVE, PTES, .world = "a page to an empty range, its neighbour stays",
   .addr = PAGE_ONE, .len = PG(1), .to = PAGE_EMPTY);
OP(move_table, MOVE, .locks = MMAP_WRITE | PMD_LOCK,
   .world = "a table to an empty range, below another PUD table", .addr = PAGE_TABLE,
   .len = PMD_SIZE, .to = PAGE_EMPTY);
OP(move_huge, MOVE, .locks = MMAP_WRITE | PMD_LOCK,
   .world = "a huge page to an empty range, below another PUD table", .addr = PAGE_HUGE,
   .len = PMD_SIZE, .to = PAGE_EMPTY);
OP(move_over, MOVE, PTES, .world = "pages of two tables, the first of a huge page, to one",
   .addr = PAGE_TABLE - PG(1), .len = PG(2), .to = PAGE_EMPTY);
OP(move_onto, MOVE, .locks = MMAP_WRITE | PTL,
   .world = "a page onto its neighbour in the same table", .addr = PAGE_ONE, .len = PG(1),
   .to = PAGE_NEXT);
