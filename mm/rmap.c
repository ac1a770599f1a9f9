/* SPDX-License-Identifier: GPL-2.0 */
/* From a page of a file to the entries that map it. See <mm/rmap.h>. */
#include <mm/busted.h>
#include <mm/mm.h>
#include <mm/rmap.h>
#include <mm/writeback.h>
#include <asm/tlbbatch.h>
#include <asm/tlbflush.h>

DEFINE_BUSTED(mkclean_no_flush, "page_mkclean() cleans the entry and leaves the TLBs alone");

static unsigned long vma_page_address(const struct vm_area_struct *vma, const struct page *page)
{
	return vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT);
}

static bool vma_maps_page(const struct vm_area_struct *vma, const struct page *page)
{
	return page->index >= vma->vm_pgoff && vma_page_address(vma, page) < vma->vm_end;
}

/* Under the ptl, for an entry that is empty as well: the CPU that emptied it may not have flushed yet. */
static bool page_mkclean_one(struct page *page, struct vm_area_struct *vma, unsigned long addr)
{
	pmd_t *pmdp = mm_find_pmd(vma->vm_mm, addr);
	bool dirty = false;
	spinlock_t *ptl;
	pte_t *ptep, pte;

	if (!pmdp || busted_hook(mkclean_peek, pmdp, addr))
		return false;
	ptep = pte_offset_map_lock(pmdp, addr, &ptl);
	if (!ptep)
		return false;
	pte = ptep_get(ptep);
	if (pte_present(pte) && pte_pfn(pte) == page_to_pfn(page) &&
	    (pte_dirty(pte) || pte_write(pte))) {
		pte = ptep_get_and_clear(ptep);
		dirty = pte_dirty(pte);
		if (!busted(mkclean_no_flush))
			flush_tlb_page(vma, addr);
		set_pte(ptep, pte_wrprotect(pte_mkclean(pte)));
	}
	spin_unlock(ptl);
	return dirty;
}

bool page_mkclean(struct page *page)
{
	struct address_space *mapping = page->mapping;
	struct vm_area_struct *vma;
	bool dirty = false;

	VM_BUG_ON(page->type != PAGE_FILE);
	if (!page_mapped(page))
		return false;
	down_read(&mapping->i_mmap_rwsem);
	list_for_each_entry (vma, &mapping->i_mmap, shared)
		if (vma_maps_page(vma, page))
			dirty |= page_mkclean_one(page, vma, vma_page_address(vma, page));
	up_read(&mapping->i_mmap_rwsem);
	return dirty;
}

static void try_to_unmap_one(struct page *page, struct vm_area_struct *vma, unsigned long addr,
			     struct arch_tlbflush_unmap_batch *batch)
{
	pmd_t *pmdp = mm_find_pmd(vma->vm_mm, addr);
	spinlock_t *ptl;
	pte_t *ptep, pte;

	if (!pmdp)
		return;
	ptep = pte_offset_map_lock(pmdp, addr, &ptl);
	if (!ptep)
		return;
	if (pte_present(ptep_get(ptep)) && pte_pfn(ptep_get(ptep)) == page_to_pfn(page)) {
		pte = ptep_get_and_clear(ptep);
		arch_tlbbatch_add_pending(batch, vma->vm_mm);
		observe(PAGE_UNMAP, page_to_pfn(page), vma->vm_mm->context.ctx_id, addr);
		if (pte_dirty(pte))
			set_page_dirty(page);
		page_remove_rmap(page);
		put_page(page);
	}
	spin_unlock(ptl);
}

void try_to_unmap(struct page *page, struct arch_tlbflush_unmap_batch *batch)
{
	struct vm_area_struct *vma;

	VM_BUG_ON(page->type != PAGE_FILE);
	down_read(&page->mapping->i_mmap_rwsem);
	list_for_each_entry (vma, &page->mapping->i_mmap, shared)
		if (vma_maps_page(vma, page))
			try_to_unmap_one(page, vma, vma_page_address(vma, page), batch);
	up_read(&page->mapping->i_mmap_rwsem);
}
