/* SPDX-License-Identifier: GPL-2.0 */
/* Faults, zapping, and taking the tables down afterwards. */
#include <kernel/sched.h>
#include <kernel/string.h>
#include <mm/busted.h>
#include <mm/hugetlb.h>
#include <mm/mm.h>
#include <mm/rmap.h>
#include <mm/vma.h>
#include <mm/writeback.h>

DEFINE_BUSTED(fault_no_recheck, "of two faults on one page the second maps its own as well");
DEFINE_BUSTED(fault_leaf_peek, "a fault finds a huge PMD and does not take its lock");
DEFINE_BUSTED(fault_no_invalidate_lock, "a fault in a file does not take invalidate_lock");
DEFINE_BUSTED(zap_keeps_deposit, "a zap of a huge page does not free the table in deposit for it");
DEFINE_BUSTED(zap_flush_unlocked,
	      "a zap of dirty file pages flushes after it has let go of the ptl (1cf35d47712d)");
DEFINE_BUSTED(zap_rmap_early,
	      "a zap takes dirty file pages from the rmap before it flushes (5df397dec7c4)");

/* Anonymous memory is dirty for good. Of a file only what is written to, here or later. */
static pgprot_t vma_prot(const struct vm_area_struct *vma, bool write)
{
	if (!(vma->vm_flags & VM_WRITE))
		return _PAGE_USER_RO;
	return vma->vm_mapping && !write ? _PAGE_USER_CLEAN : _PAGE_USER_RW;
}

/* The page that belongs at @addr, with a reference: the file's, or a new zeroed one. */
static struct page *fault_page(struct vm_area_struct *vma, unsigned long addr)
{
	struct page *page;

	if (vma->vm_mapping)
		return mapping_get_page(vma->vm_mapping,
					vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT));
	page = alloc_pages(GFP_KERNEL, 0, PAGE_ANON);
	if (page)
		memset(page_address(page), 0, PAGE_SIZE);
	return page;
}

static int do_pte_fault(struct vm_area_struct *vma, pmd_t *pmdp, unsigned long addr, bool write)
{
	struct page *page = NULL;
	spinlock_t *ptl;
	pte_t *ptep;

	for (;;) {
		if (pte_alloc(vma->vm_mm, pmdp))
			goto nomem;
		ptep = pte_offset_map_lock(pmdp, addr, &ptl);
		if (!ptep)
			break; /* a huge page, or withdrawn meanwhile: the caller looks again */
		if (!pte_none(ptep_get(ptep)) && !(page && busted(fault_no_recheck))) {
			/*
			 * Present: only a write to what mprotect() or page_mkclean() has made
			 * read-only is left. No Dirty that hardware sets meanwhile is lost.
			 */
			if (write && !pte_write(ptep_get(ptep)))
				set_pte(ptep, pte_mkdirty(pte_mkwrite(ptep_get(ptep))));
		} else if (page) {
			observe(PAGE_MAP, page_to_pfn(page), vma->vm_mm->context.ctx_id, addr);
			page_add_rmap(page);
			set_pte(ptep, pfn_pte(page_to_pfn(page), vma_prot(vma, write)));
			page = NULL; /* the entry has the reference now */
		} else {
			/* Nothing may be allocated under the lock: get a page, come back. */
			spin_unlock(ptl);
			page = fault_page(vma, addr);
			if (!page)
				goto nomem;
			continue;
		}
		spin_unlock(ptl);
		break;
	}
	if (page)
		put_page(page);
	return ptep ? 0 : -EAGAIN;
nomem:
	if (page)
		put_page(page);
	return -ENOMEM;
}

/*
 * Under the lock: a split of the huge page, or a change of its permissions, is waited for. A write
 * is left if mprotect() made it read-only and now the VMA allows writes again.
 * Return: 0, or -EAGAIN: no huge page is there any more.
 */
static int do_huge_pmd_fault(struct vm_area_struct *vma, pmd_t *pmdp, bool write)
{
	int ret = -EAGAIN;
	pmd_t pmd;

	spin_lock(pmd_lockptr(pmdp));
	pmd = pmdp_get(pmdp);
	if (pmd_leaf(pmd)) {
		if (write && !pmd_write(pmd))
			set_pmd(pmdp, pfn_pmd(pmd_pfn(pmd), vma_prot(vma, true)));
		ret = 0;
	}
	spin_unlock(pmd_lockptr(pmdp));
	return ret;
}

int vma_fault(struct vm_area_struct *vma, unsigned long addr, bool write)
{
	struct address_space *mapping = busted(fault_no_invalidate_lock) ? NULL : vma->vm_mapping;
	int ret;

	if (write && !(vma->vm_flags & VM_WRITE))
		return -EFAULT;
	if (vma->vm_flags & VM_HUGETLB)
		return hugetlb_vma_fault(vma, addr, write);
	/*
	 * Held across the whole fault: while someone takes the file's pages out of all
	 * mappings, and the tables after them, none may come back.
	 */
	if (mapping)
		down_read(&mapping->invalidate_lock);
	do {
		pmd_t *pmdp = mm_alloc_pmd(vma->vm_mm, addr);

		if (!pmdp) {
			ret = -ENOMEM;
		} else if (pmd_leaf(pmdp_get_lockless(pmdp))) {
			ret = busted(fault_leaf_peek) ? 0 : do_huge_pmd_fault(vma, pmdp, write);
		} else {
			ret = do_pte_fault(vma, pmdp, addr & PAGE_MASK, write);
		}
	} while (ret == -EAGAIN);
	if (mapping)
		up_read(&mapping->invalidate_lock);
	return ret;
}

int fault_in(struct mm_struct *mm, unsigned long addr, bool write)
{
	struct vm_area_struct *vma;
	int ret = -EFAULT;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma)
		ret = vma_fault(vma, addr, write);
	mmap_read_unlock(mm);
	return ret;
}

/*
 * What an entry that is gone knew of a file's page; what hardware does with the entry is over,
 * but not what it does with the copies in TLBs. Returns true if one of them may lead to more
 * stores that no entry will tell of.
 */
static bool zap_collect_dirty(struct mmu_gather *tlb, struct page *page, pte_t pte,
			      unsigned long addr)
{
	if (page->type != PAGE_FILE || !pte_dirty(pte))
		return false;
	observe(PAGE_DIRTY, page_to_pfn(page), tlb->mm->context.ctx_id, addr);
	set_page_dirty(page);
	return true;
}

/*
 * Returns where it stopped: @end, or earlier when the gather wants to be flushed.
 *
 * A dirty page of a file is flushed before the ptl is dropped and before the page leaves the
 * rmap: a CPU that cleans it comes by the rmap, waits for the ptl, and by then no store that the
 * page's flag does not speak of can happen any more. Source: Linux zap_pte_range().
 */
static unsigned long zap_pte_range(struct mmu_gather *tlb, pmd_t *pmdp, unsigned long addr,
				   unsigned long end)
{
	bool full = false, dirty = false;
	spinlock_t *ptl;
	pte_t *ptep = pte_offset_map_lock(pmdp, addr, &ptl);

	if (!ptep)
		return end;
	for (; addr < end && !full; addr += PAGE_SIZE, ptep++) {
		struct page *page;
		bool delay_rmap;
		pte_t pte = ptep_get(ptep);

		if (pte_none(pte))
			continue;
		pte = ptep_get_and_clear(ptep);
		tlb_remove_tlb_entry(tlb, addr);
		page = compound_head(pfn_to_page(pte_pfn(pte)));
		observe(PAGE_UNMAP, pte_pfn(pte), tlb->mm->context.ctx_id, addr);
		delay_rmap = zap_collect_dirty(tlb, page, pte, addr);
		dirty |= delay_rmap;
		delay_rmap = delay_rmap && !busted(zap_rmap_early);
		if (!delay_rmap)
			page_remove_rmap(page);
		full = __tlb_remove_page(tlb, page, delay_rmap);
	}
	if (dirty && !busted(zap_flush_unlocked)) {
		tlb_flush_mmu_tlbonly(tlb);
		tlb_flush_rmaps(tlb);
	}
	spin_unlock(ptl);
	/* The TLB before the next page goes into a batch that has no room. */
	if (full || dirty)
		tlb_flush_mmu(tlb);
	return addr;
}

/* Returns true if there was a huge page at @pmdp and it is gone. */
static bool zap_huge_pmd(struct mmu_gather *tlb, pmd_t *pmdp, unsigned long addr)
{
	struct ptdesc *deposited;
	struct page *page;
	pmd_t pmd;

	spin_lock(pmd_lockptr(pmdp));
	if (!pmd_leaf(pmdp_get(pmdp))) {
		spin_unlock(pmd_lockptr(pmdp));
		return false;
	}
	pmd = pmdp_get_and_clear(pmdp);
	tlb_remove_pmd_tlb_entry(tlb, addr);
	/*
	 * Linux's zap_deposited_table(): the table is freed at once, without a grace
	 * period. No entry has led to it since it was deposited, so this is right iff no
	 * walker was inside when it was.
	 */
	deposited = pgtable_trans_huge_withdraw(tlb->mm, pmdp);
	atomic_dec(&tlb->mm->nr_ptes);
	spin_unlock(pmd_lockptr(pmdp));
	if (pt_sync_policy()->defer_deposited)
		tlb_remove_table_one(deposited);
	else if (!busted(zap_keeps_deposit))
		pagetable_free(deposited);

	page = pfn_to_page(pmd_pfn(pmd));
	observe(PAGE_UNMAP, pmd_pfn(pmd), tlb->mm->context.ctx_id, addr);
	page_remove_rmap(page);
	tlb_remove_page(tlb, page);
	return true;
}

void unmap_page_range(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		      unsigned long end)
{
	unsigned long next;

	for (unsigned long addr = start; addr < end; addr = next) {
		pmd_t *pmdp = mm_find_pmd(tlb->mm, addr);
		pmd_t pmd;

		if (!pmdp) {
			next = pud_addr_end(addr, end);
			continue;
		}
		next = pmd_addr_end(addr, end);
		pmd = pmdp_get_lockless(pmdp);
		if (pmd_none(pmd))
			continue;
		/* Part of a huge page is zapped by splitting it first: mm_munmap() does. */
		if (pmd_leaf(pmd) && zap_huge_pmd(tlb, pmdp, addr))
			continue;
		while (addr < next)
			addr = zap_pte_range(tlb, pmdp, addr, next);
	}
}

void unmap_mapping_pages(struct address_space *mapping, unsigned long pgoff, unsigned long nr)
{
	struct vm_area_struct *vma;
	struct mmu_gather tlb;

	lockdep_assert(rwsem_is_write_locked(&mapping->invalidate_lock));
	down_read(&mapping->i_mmap_rwsem);
	list_for_each_entry (vma, &mapping->i_mmap, shared) {
		unsigned long first = max(pgoff, vma->vm_pgoff);
		unsigned long last = min(
			pgoff + nr, vma->vm_pgoff + ((vma->vm_end - vma->vm_start) >> PAGE_SHIFT));

		if (first >= last)
			continue;
		tlb_gather_mmu(&tlb, vma->vm_mm);
		unmap_page_range(&tlb, vma, vma->vm_start + ((first - vma->vm_pgoff) << PAGE_SHIFT),
				 vma->vm_start + ((last - vma->vm_pgoff) << PAGE_SHIFT));
		tlb_finish_mmu(&tlb);
	}
	up_read(&mapping->i_mmap_rwsem);
}

/*
 * What free_pgd_range() may take away at one level: a table goes only if all that it
 * could map lies within [floor, ceiling), the room between the neighbouring VMAs.
 */
static bool table_spans(unsigned long addr, unsigned long size, unsigned long floor,
			unsigned long ceiling)
{
	unsigned long base = addr & ~(size - 1);

	return base >= floor && base + size - 1 <= ceiling - 1;
}

static void free_pte_tables(struct mmu_gather *tlb, pud_t pud, unsigned long addr,
			    unsigned long end, unsigned long floor, unsigned long ceiling)
{
	for (unsigned long next; addr < end; addr = next) {
		pmd_t *pmdp = pmd_offset_lockless(pud, addr), pmd;

		next = pmd_addr_end(addr, end);
		pmd = pmdp_get_lockless(pmdp);
		if (pmd_none(pmd) || !table_spans(addr, PMD_SIZE, floor, ceiling))
			continue;
		VM_BUG_ON(pmd_leaf(pmd));
		pte_free_tlb(tlb, pfn_ptdesc(pmd_pfn(pmdp_get_and_clear(pmdp))), addr & PMD_MASK);
		atomic_dec(&tlb->mm->nr_ptes);
	}
}

static void free_pmd_tables(struct mmu_gather *tlb, pgd_t pgd, unsigned long addr,
			    unsigned long end, unsigned long floor, unsigned long ceiling)
{
	for (unsigned long next; addr < end; addr = next) {
		pud_t *pudp = pud_offset_lockless(pgd, addr);
		pud_t pud = pudp_get(pudp);

		next = pud_addr_end(addr, end);
		if (pud_none(pud))
			continue;
		free_pte_tables(tlb, pud, addr, next, floor, ceiling);
		if (!table_spans(addr, PUD_SIZE, floor, ceiling))
			continue;
		pmd_free_tlb(tlb, pfn_ptdesc(pud_pfn(pudp_get_and_clear(pudp))), addr & PUD_MASK);
		atomic_dec(&tlb->mm->nr_pmds);
	}
}

/**
 * free_pgd_range - unhook the tables that map nothing any more
 * @start: with @end, the range that was unmapped; no VMA and no i_mmap leads there now
 * @floor: end of the VMA below, or 0
 * @ceiling: start of the VMA above, or 0 for none
 *
 * Context: mmap_lock for write. Source: Linux free_pgtables(), free_pgd_range().
 */
void free_pgd_range(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		    unsigned long floor, unsigned long ceiling)
{
	for (unsigned long addr = start, next; addr < end; addr = next) {
		pgd_t *pgdp = pgd_offset(tlb->mm, addr);
		pgd_t pgd = pgdp_get(pgdp);

		next = pgd_addr_end(addr, end);
		if (pgd_none(pgd))
			continue;
		free_pmd_tables(tlb, pgd, addr, next, floor, ceiling);
		if (!table_spans(addr, PGDIR_SIZE, floor, ceiling))
			continue;
		pud_free_tlb(tlb, pfn_ptdesc(pgd_pfn(pgdp_get_and_clear(pgdp))), addr & PGDIR_MASK);
	}
}
