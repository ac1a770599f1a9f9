/* SPDX-License-Identifier: GPL-2.0 */
/* Moving entries from one place of an mm to another. See <mm/mremap.h>. */
#include <kernel/busted.h>
#include <kernel/errno.h>
#include <asm/insn.h>
#include <mm/huge_mm.h>
#include <mm/mm.h>
#include <mm/mremap.h>
#include <mm/ptdesc.h>

DEFINE_BUSTED(move_no_rmap_lock,
	      "a move of PTEs does not ask which VMA comes first in the file's list");
DEFINE_BUSTED(move_flush_unlocked,
	      "a move of PTEs flushes after it has let go of the ptl (eb66ae030829)");
DEFINE_BUSTED(move_pmd_no_flush, "a move of a whole PMD does not flush its old address");

/* One entry. What was writable through the old VMA is so through the new one. */
static void move_pte(struct mm_struct *mm, pte_t *old_pte, unsigned long old_addr, pte_t *new_pte,
		     unsigned long new_addr)
{
	pte_t pte = ptep_get_and_clear(old_pte);

	VM_BUG_ON(!pte_none(ptep_get(new_pte)));
	observe(PAGE_UNMAP, pte_pfn(pte), mm->context.ctx_id, old_addr);
	observe(PAGE_MAP, pte_pfn(pte), mm->context.ctx_id, new_addr);
	set_pte(new_pte, pte);
}

/*
 * Does @new_vma come before @vma, or is it @vma? Then who goes through the file's VMAs may have
 * passed the new place before a page gets there, and find the old one empty. mmap_lock keeps
 * the order of the two as it is.
 */
static bool need_rmap_locks(const struct vm_area_struct *vma, const struct vm_area_struct *new_vma)
{
	struct address_space *mapping = vma->vm_mapping;
	const struct vm_area_struct *pos;
	bool seen = false, need = false;

	if (!mapping || busted(move_no_rmap_lock))
		return false;
	down_read(&mapping->i_mmap_rwsem);
	list_for_each_entry (pos, &mapping->i_mmap, shared) {
		need |= pos == new_vma && !seen;
		seen |= pos == vma;
	}
	up_read(&mapping->i_mmap_rwsem);
	return need || vma == new_vma;
}

/* Within one PTE table on each side. Return: 0, or -EAGAIN: a table is not there any more. */
static int move_ptes(struct vm_area_struct *vma, pmd_t *old_pmd, unsigned long old_addr,
		     unsigned long old_end, pmd_t *new_pmd, unsigned long new_addr)
{
	unsigned long start = old_addr;
	spinlock_t *old_ptl, *new_ptl;
	pte_t *old_pte, *new_pte;
	bool moved = false;
	pmd_t pmd;

	old_pte = pte_offset_map_lock(old_pmd, old_addr, &old_ptl);
	if (!old_pte)
		return -EAGAIN;
	/* The lock is an RCU read side: the table stays, though it may be withdrawn. */
	pmd = pmdp_get_lockless(new_pmd);
	if (!pmd_present(pmd) || pmd_leaf(pmd)) {
		spin_unlock(old_ptl);
		return -EAGAIN;
	}
	new_pte = pte_offset_lockless(pmd, new_addr);
	new_ptl = ptlock_ptr(new_pte);
	/* Nobody else holds two: mmap_lock keeps other moves in this mm out. */
	if (new_ptl != old_ptl)
		spin_lock_nested(new_ptl, SINGLE_DEPTH_NESTING);
	if (pmd_same(pmd, pmdp_get_lockless(new_pmd))) {
		for (; old_addr < old_end; old_pte++, new_pte++) {
			if (!pte_none(ptep_get(old_pte))) {
				move_pte(vma->vm_mm, old_pte, old_addr, new_pte, new_addr);
				moved = true;
			}
			old_addr += PAGE_SIZE;
			new_addr += PAGE_SIZE;
		}
	}
	if (moved && !busted(move_flush_unlocked))
		flush_tlb_range(vma, start, old_end);
	if (new_ptl != old_ptl)
		spin_unlock(new_ptl);
	spin_unlock(old_ptl);
	if (moved && busted(move_flush_unlocked))
		flush_tlb_range(vma, start, old_end);
	return old_addr == old_end ? 0 : -EAGAIN;
}

/* For the oracles: what the pages of a PTE table are mapped by. Nobody changes its entries now. */
static void note_moved(struct mm_struct *mm, pmd_t pmd, unsigned long old_addr,
		       unsigned long new_addr)
{
	for (unsigned long off = 0; CONFIG_HOOKS && off < PMD_SIZE; off += PAGE_SIZE) {
		pte_t *ptep = pte_offset_lockless(pmd, old_addr + off), pte;

		machine_looks(true);
		pte = READ_ONCE(*ptep);
		machine_looks(false);
		if (!pte_present(pte))
			continue;
		observe(PAGE_UNMAP, pte_pfn(pte), mm->context.ctx_id, old_addr + off);
		observe(PAGE_MAP, pte_pfn(pte), mm->context.ctx_id, new_addr + off);
	}
}

/* A huge page, with the table in deposit for it. Both locks held. */
static void move_huge_pmd(struct mm_struct *mm, unsigned long old_addr, pmd_t *old_pmd,
			  unsigned long new_addr, pmd_t *new_pmd)
{
	pmd_t pmd = pmdp_get_and_clear(old_pmd);

	/* Linux: pmd_move_must_withdraw(). */
	if (pmd_lockptr(new_pmd) != pmd_lockptr(old_pmd))
		pgtable_trans_huge_deposit(mm, new_pmd, pgtable_trans_huge_withdraw(mm, old_pmd));
	observe(PAGE_UNMAP, pmd_pfn(pmd), mm->context.ctx_id, old_addr);
	observe(PAGE_MAP, pmd_pfn(pmd), mm->context.ctx_id, new_addr);
	set_pmd(new_pmd, pmd);
}

/*
 * A PTE table. Its own lock is not taken: i_mmap_rwsem keeps out those that come by the file,
 * mmap_lock all others; and a GUP-fast that is inside finds the PMD changed.
 */
static void move_normal_pmd(struct mm_struct *mm, unsigned long old_addr, pmd_t *old_pmd,
			    unsigned long new_addr, pmd_t *new_pmd)
{
	pmd_t pmd = pmdp_get_and_clear(old_pmd);

	note_moved(mm, pmd, old_addr, new_addr);
	pmd_populate(mm, new_pmd, pfn_ptdesc(pmd_pfn(pmd)));
}

/*
 * A whole PMD entry. Under both locks, which the old address's flush ends: as for entries of a
 * table. Return: false, it has to be done entry by entry.
 * Source: Linux move_pgt_entry(), which holds the locks of the rmap for tables, whatever
 * need_rmap_locks says (97113eb39fa7).
 */
static bool move_pmd(struct vm_area_struct *vma, unsigned long old_addr, pmd_t *old_pmd,
		     unsigned long new_addr, pmd_t *new_pmd)
{
	spinlock_t *old_ptl = pmd_lockptr(old_pmd), *new_ptl = pmd_lockptr(new_pmd);
	struct mm_struct *mm = vma->vm_mm;
	bool moved;

	if (!pmd_none(pmdp_get_lockless(new_pmd)))
		return false;
	if (vma->vm_mapping)
		down_write(&vma->vm_mapping->i_mmap_rwsem);
	spin_lock(old_ptl);
	if (new_ptl != old_ptl)
		spin_lock_nested(new_ptl, SINGLE_DEPTH_NESTING);
	/* Retraction takes tables without mmap_lock (6fa1066fc5d0). */
	moved = pmd_present(pmdp_get(old_pmd));
	if (moved) {
		if (pmd_leaf(pmdp_get(old_pmd)))
			move_huge_pmd(mm, old_addr, old_pmd, new_addr, new_pmd);
		else
			move_normal_pmd(mm, old_addr, old_pmd, new_addr, new_pmd);
		if (!busted(move_pmd_no_flush))
			flush_tlb_range(vma, old_addr, old_addr + PMD_SIZE);
	}
	if (new_ptl != old_ptl)
		spin_unlock(new_ptl);
	spin_unlock(old_ptl);
	if (vma->vm_mapping)
		up_write(&vma->vm_mapping->i_mmap_rwsem);
	return moved;
}

unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long old_end = old_addr + len, extent;
	bool rmap_locks = need_rmap_locks(vma, new_vma);

	lockdep_assert(rwsem_is_write_locked(&mm->mmap_lock));
	VM_BUG_ON(new_vma->vm_mm != mm || (vma->vm_flags | new_vma->vm_flags) & VM_HUGETLB);
	for (; old_addr < old_end; old_addr += extent, new_addr += extent) {
		pmd_t *old_pmd, *new_pmd;
		int ret;

		extent = min(pmd_addr_end(old_addr, old_end) - old_addr,
			     pmd_addr_end(new_addr, new_addr + old_end - old_addr) - new_addr);
		old_pmd = mm_find_pmd(mm, old_addr);
		if (!old_pmd)
			continue;
		do {
			if (pmd_none(pmdp_get_lockless(old_pmd)))
				break;
			new_pmd = mm_alloc_pmd(mm, new_addr);
			if (new_pmd && extent == PMD_SIZE &&
			    move_pmd(vma, old_addr, old_pmd, new_addr, new_pmd))
				break;
			split_huge_pmd_address(vma, old_addr & PMD_MASK);
			if (!new_pmd || pte_alloc(mm, new_pmd))
				return len - (old_end - old_addr);
			if (rmap_locks)
				down_write(&vma->vm_mapping->i_mmap_rwsem);
			ret = move_ptes(vma, old_pmd, old_addr, old_addr + extent, new_pmd,
					new_addr);
			if (rmap_locks)
				up_write(&vma->vm_mapping->i_mmap_rwsem);
		} while (ret);
	}
	return len;
}
