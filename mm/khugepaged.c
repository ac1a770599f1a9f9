/* SPDX-License-Identifier: GPL-2.0 */
/*
 * khugepaged's two ways with a PTE table: collapse_huge_page() withdraws it, waits, and
 * deposits it; retract_page_tables() withdraws it and leaves it to RCU.
 */
#include <kernel/shared.h>
#include <kernel/string.h>
#include <mm/busted.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/vma.h>

DEFINE_BUSTED(collapse_keeps_lock, "a collapse that fails returns with anon_vma_lock");
DEFINE_BUSTED(collapse_short_copy, "a collapse copies all but the last cache line of a page");
DEFINE_BUSTED(retract_partly, "retraction takes tables of which the file has only a part");

pmd_t pmdp_collapse_flush_receipt(struct vm_area_struct *vma, unsigned long addr, pmd_t *pmdp,
				  struct pt_withdrawal *w, struct flush_receipt *r)
{
	pmd_t pmd;

	lockdep_assert_held(pmd_lockptr(pmdp));
	VM_BUG_ON(!IS_ALIGNED(addr, PMD_SIZE) || pmd_leaf(pmdp_get(pmdp)));
	pmd = pmdp_get_and_clear(pmdp);
	*w = pt_withdraw(vma->vm_mm, pfn_ptdesc(pmd_pfn(pmd)), addr);
	/* A table went, though its pages are small: lazy CPUs must hear of it as well. */
	*r = flush_tlb_range(vma, addr, addr + PMD_SIZE);
	return pmd;
}

/* Every one of the 512 must be mapped, by this entry alone, and referenced by nothing else. */
static int collapse_isolate(struct mm_struct *mm, pte_t *ptes, unsigned long addr)
{
	for (unsigned long i = 0; i < HPAGE_PMD_NR; i++) {
		pte_t pte = ptep_get(&ptes[i]);
		struct page *head;
		int refs;

		if (!pte_present(pte))
			return -EINVAL;
		head = compound_head(pfn_to_page(pte_pfn(pte)));
		/* Pairs with try_grab_folio_fast(): GUP-fast then re-checks the PMD, which is clear. */
		refs = shared_op(SITE_REF, SYNC_READ, &head->_refcount, atomic_read(PTR));
		if (refs != atomic_read(&head->_mapcount))
			return -EAGAIN;
	}
	observe(ISOLATE, pte_pfn(ptep_get(&ptes[0])), mm->context.ctx_id, addr);
	return 0;
}

static void collapse_copy(struct mm_struct *mm, pte_t *ptes, struct page *huge, unsigned long addr)
{
	for (unsigned long i = 0; i < HPAGE_PMD_NR; i++) {
		struct page *page = pfn_to_page(pte_pfn(READ_ONCE(ptes[i])));

		if (busted(collapse_short_copy))
			memcpy(page_address(huge + i), page_address(page), PAGE_SIZE - 64);
		else
			copy_page(page_address(huge + i), page_address(page));
	}
	for (unsigned long i = 0; i < HPAGE_PMD_NR; i++) {
		struct page *page = pfn_to_page(pte_pfn(ptep_get_and_clear(&ptes[i])));
		struct page *head = compound_head(page);

		observe(PAGE_UNMAP, page_to_pfn(page), mm->context.ctx_id, addr + i * PAGE_SIZE);
		atomic_dec(&head->_mapcount);
		put_page(head);
	}
}

DEFINE_BUSTED(collapse_deposit_unlocked, "a table is deposited before the PMD's lock is taken");

static int collapse_locked(struct vm_area_struct *vma, unsigned long addr, struct page *huge)
{
	struct mm_struct *mm = vma->vm_mm;
	pmd_t *pmdp = mm_find_pmd(mm, addr);
	struct ptdesc *table;
	struct pt_withdrawal w;
	struct flush_receipt r;
	pte_t *ptes;
	int ret;

	if (!pmdp)
		return -EINVAL;
	spin_lock(pmd_lockptr(pmdp));
	if (pmd_none(pmdp_get(pmdp)) || pmd_leaf(pmdp_get(pmdp))) {
		spin_unlock(pmd_lockptr(pmdp));
		return -EINVAL;
	}
	table = pfn_ptdesc(pmd_pfn(pmdp_collapse_flush_receipt(vma, addr, pmdp, &w, &r)));
	spin_unlock(pmd_lockptr(pmdp));

	/*
	 * The re-check in GUP-fast would notice that the PMD is gone, but only after it has
	 * read PTEs from the table and taken references. By then the table may be deposited
	 * and freed, or filled by a split; or be back, the same again.
	 */
	pt_sync_wait(&w, r);

	ptes = ptdesc_address(table);
	spin_lock(&table->ptl);
	ret = collapse_isolate(mm, ptes, addr);
	spin_unlock(&table->ptl);
	spin_lock(pmd_lockptr(pmdp));
	if (ret) {
		VM_BUG_ON(!pmd_none(pmdp_get(pmdp)));
		observe(REPOPULATE, ptdesc_pfn(table), addr, mm->context.ctx_id);
		pmd_populate(mm, pmdp, table);
		spin_unlock(pmd_lockptr(pmdp));
		return ret;
	}
	spin_unlock(pmd_lockptr(pmdp));

	/* No lock: mmap_lock keeps faults out, and no entry leads to the pages or the table. */
	collapse_copy(mm, ptes, huge, addr);
	atomic_set(&huge->_mapcount, 1);
	smp_wmb(); /* the copy before the entry; pairs with gup_fast_pmd_leaf() */

	if (busted(collapse_deposit_unlocked))
		pgtable_trans_huge_deposit(mm, pmdp, table);
	spin_lock(pmd_lockptr(pmdp));
	VM_BUG_ON(!pmd_none(pmdp_get(pmdp)));
	if (!busted(collapse_deposit_unlocked))
		pgtable_trans_huge_deposit(mm, pmdp, table);
	observe(PAGE_MAP, page_to_pfn(huge), mm->context.ctx_id, addr);
	set_pmd(pmdp, pfn_pmd(page_to_pfn(huge),
			      vma->vm_flags & VM_WRITE ? _PAGE_USER_RW : _PAGE_USER_RO));
	spin_unlock(pmd_lockptr(pmdp));
	return 0;
}

int collapse_huge_page(struct mm_struct *mm, unsigned long addr)
{
	struct page *huge = alloc_pages(GFP_KERNEL, HPAGE_PMD_ORDER, PAGE_ANON);
	struct vm_area_struct *vma;
	int ret = -EINVAL;

	if (!huge)
		return -ENOMEM;
	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma && !vma->vm_mapping && addr + PMD_SIZE <= vma->vm_end) {
		down_write(&vma->anon_vma_lock);
		ret = collapse_locked(vma, addr, huge);
		if (ret != -EAGAIN || !busted(collapse_keeps_lock))
			up_write(&vma->anon_vma_lock);
	}
	mmap_write_unlock(mm);
	if (ret)
		put_page(huge);
	return ret;
}

/* Address at which @vma maps page @pgoff, or 0 if it does not map all 2 MiB from there. */
static unsigned long vma_pmd_address(const struct vm_area_struct *vma, unsigned long pgoff)
{
	unsigned long addr = vma->vm_start + ((pgoff - vma->vm_pgoff) << PAGE_SHIFT);

	if (pgoff < vma->vm_pgoff || !IS_ALIGNED(addr, PMD_SIZE))
		return 0;
	return addr + PMD_SIZE <= vma->vm_end || busted(retract_partly) ? addr : 0;
}

int retract_page_tables(struct address_space *mapping, unsigned long pgoff)
{
	struct vm_area_struct *vma;
	int retracted = 0;

	lockdep_assert(rwsem_is_write_locked(&mapping->invalidate_lock));
	down_read(&mapping->i_mmap_rwsem);
	list_for_each_entry (vma, &mapping->i_mmap, shared) {
		unsigned long addr = vma_pmd_address(vma, pgoff);
		pmd_t *pmdp = addr ? mm_find_pmd(vma->vm_mm, addr) : NULL;
		struct ptdesc *table = NULL;
		struct pt_withdrawal w;
		struct flush_receipt r;
		pmd_t pmd;

		if (!pmdp)
			continue;
		spin_lock(pmd_lockptr(pmdp));
		pmd = pmdp_get(pmdp);
		if (pmd_present(pmd) && !pmd_leaf(pmd)) {
			table = pfn_ptdesc(pmd_pfn(pmd));
			spin_lock(&table->ptl);
			pmdp_collapse_flush_receipt(vma, addr, pmdp, &w, &r);
			spin_unlock(&table->ptl);
		}
		spin_unlock(pmd_lockptr(pmdp));
		if (!table)
			continue;
		/* No pt_sync_wait(): the table is only freed, and a grace period covers that. */
		atomic_dec(&vma->vm_mm->nr_ptes);
		pte_free_defer(vma->vm_mm, table);
		retracted++;
	}
	up_read(&mapping->i_mmap_rwsem);
	return retracted;
}
