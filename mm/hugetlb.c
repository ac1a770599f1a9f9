/* SPDX-License-Identifier: GPL-2.0 */
/* hugetlb and its shared PMD tables. The rules stand in <mm/hugetlb.h>. */
#include <mm/busted.h>
#include <mm/hugetlb.h>
#include <mm/mm.h>
#include <mm/rmap.h>

DEFINE_BUSTED(share_unlike, "a PMD table is shared between VMAs whose flags differ");
DEFINE_BUSTED(share_keeps_count, "of two faults that share a table the second keeps its count");
DEFINE_BUSTED(unmap_may_share, "a hugetlb VMA that is unmapped may still be shared with");
DEFINE_BUSTED(hugetlb_flags_early,
	      "mprotect of hugetlb sets vm_flags before it takes the locks of unsharing");

static unsigned long vma_hugecache_index(const struct vm_area_struct *vma, unsigned long addr)
{
	return (vma->vm_pgoff >> HPAGE_PMD_ORDER) + ((addr - vma->vm_start) >> PMD_SHIFT);
}

/* May this VMA's table for @addr be shared: does it cover the whole aligned GiB? */
static bool want_pmd_share(const struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long start = addr & PUD_MASK;

	return vma->vm_flags & VM_MAYSHARE && vma->vm_start <= start &&
	       start + PUD_SIZE <= vma->vm_end;
}

/* The address at which @svma maps what @vma maps at @addr, or 0 if their table cannot be one. */
static unsigned long page_table_shareable(const struct vm_area_struct *svma,
					  const struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long idx = vma_hugecache_index(vma, addr & PUD_MASK);
	unsigned long saddr =
		svma->vm_start + ((idx - (svma->vm_pgoff >> HPAGE_PMD_ORDER)) << PMD_SHIFT);

	if (idx < svma->vm_pgoff >> HPAGE_PMD_ORDER || saddr >= svma->vm_end)
		return 0;
	if (!IS_ALIGNED(saddr, PUD_SIZE))
		return 0;
	if (svma->vm_flags != vma->vm_flags && !busted(share_unlike))
		return 0;
	return want_pmd_share(svma, saddr) ? saddr : 0;
}

/* Link a sibling's PMD table at @addr, or a new one. Returns the entry for @addr, or NULL. */
static pmd_t *huge_pmd_share(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr,
			     pud_t *pudp)
{
	struct address_space *mapping = vma->vm_mapping;
	struct ptdesc *pt = NULL;
	struct vm_area_struct *svma;

	down_read(&mapping->i_mmap_rwsem);
	list_for_each_entry (svma, &mapping->i_mmap, shared) {
		unsigned long saddr = svma == vma ? 0 : page_table_shareable(svma, vma, addr);
		pmd_t *spmd = saddr ? mm_find_pmd(svma->vm_mm, saddr) : NULL;

		if (!spmd)
			continue;
		pt = virt_to_ptdesc(spmd);
		ptdesc_pmd_pts_inc(pt);
		break;
	}
	if (pt) {
		spin_lock(&mm->page_table_lock);
		if (pud_none(READ_ONCE(*pudp))) {
			/* Before the entry: a CPU that sees the entry may already have to unshare. */
			observe(SHARE, ptdesc_pfn(pt), mm->context.ctx_id, addr & PUD_MASK);
			pud_populate(mm, pudp, pt);
		} else if (!busted(share_keeps_count)) {
			ptdesc_pmd_pts_dec(pt);
		}
		spin_unlock(&mm->page_table_lock);
	}
	up_read(&mapping->i_mmap_rwsem);
	return mm_alloc_pmd(mm, addr);
}

static pmd_t *huge_pte_alloc(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr)
{
	pud_t *pudp = mm_alloc_pud(mm, addr);

	lockdep_assert(rwsem_is_locked(&vma->hugetlb_vma_lock)); /* no unshare meanwhile */
	if (!pudp)
		return NULL;
	if (want_pmd_share(vma, addr) && pud_none(pudp_get(pudp)))
		return huge_pmd_share(mm, vma, addr, pudp);
	return mm_alloc_pmd(mm, addr);
}

int hugetlb_vma_fault(struct vm_area_struct *vma, unsigned long addr, bool write)
{
	struct page *page = NULL;
	pmd_t *pmdp, pmd;
	int ret = -ENOMEM;

	down_read(&vma->hugetlb_vma_lock);
	pmdp = huge_pte_alloc(vma->vm_mm, vma, addr);
	if (!pmdp)
		goto out;
	if (pmd_none(pmdp_get_lockless(pmdp))) {
		page = mapping_get_page(vma->vm_mapping, vma_hugecache_index(vma, addr));
		if (!page)
			goto out;
	}
	spin_lock(pmd_lockptr(pmdp));
	pmd = pmdp_get(pmdp);
	if (pmd_none(pmd) && page) {
		observe(PAGE_MAP, page_to_pfn(page), vma->vm_mm->context.ctx_id, addr & PMD_MASK);
		page_add_rmap(page);
		set_pmd(pmdp, pfn_pmd(page_to_pfn(page),
				      vma->vm_flags & VM_WRITE ? _PAGE_USER_RW : _PAGE_USER_RO));
		page = NULL; /* the entry has the reference now */
	} else if (pmd_leaf(pmd) && write && !pmd_write(pmd)) {
		set_pmd(pmdp, pfn_pmd(pmd_pfn(pmd), _PAGE_USER_RW));
	}
	spin_unlock(pmd_lockptr(pmdp));
	ret = 0;
out:
	up_read(&vma->hugetlb_vma_lock);
	if (page)
		put_page(page);
	return ret;
}

bool huge_pmd_unshare(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long addr,
		      pmd_t *ptep)
{
	struct mm_struct *mm = vma->vm_mm;
	struct ptdesc *pt = virt_to_ptdesc(ptep);

	lockdep_assert(rwsem_is_write_locked(&vma->vm_mapping->i_mmap_rwsem));
	lockdep_assert(rwsem_is_write_locked(&vma->hugetlb_vma_lock));
	if (!ptdesc_pmd_is_shared(pt))
		return false;
	spin_lock(&mm->page_table_lock);
	pudp_get_and_clear(pud_offset_lockless(pgdp_get(pgd_offset(mm, addr)), addr));
	spin_unlock(&mm->page_table_lock);
	tlb_unshare_pmd_ptdesc(tlb, pt, addr);
	atomic_dec(&mm->nr_pmds);
	return true;
}

void huge_pmd_unshare_flush(struct mmu_gather *tlb, struct vm_area_struct *vma)
{
	lockdep_assert(rwsem_is_write_locked(&vma->vm_mapping->i_mmap_rwsem));
	tlb_flush_unshared_tables(tlb);
}

void hugetlb_lock_unshare(struct vm_area_struct *vma)
{
	down_write(&vma->hugetlb_vma_lock);
	down_write(&vma->vm_mapping->i_mmap_rwsem);
}

void hugetlb_unlock_unshare(struct vm_area_struct *vma)
{
	up_write(&vma->vm_mapping->i_mmap_rwsem);
	up_write(&vma->hugetlb_vma_lock);
}

void hugetlb_unshare_pmds(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, vma->vm_mm);
	for (unsigned long addr = start & PUD_MASK; addr < end; addr += PUD_SIZE) {
		pmd_t *ptep = mm_find_pmd(vma->vm_mm, addr);

		if (ptep)
			huge_pmd_unshare(&tlb, vma, addr, ptep);
	}
	huge_pmd_unshare_flush(&tlb, vma);
	tlb_finish_mmu(&tlb);
}

/* Take one huge page out. Context: as for next_huge_pmd(). */
static void unmap_huge_pmd(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long addr,
			   pmd_t *ptep)
{
	struct page *page;
	pmd_t pmd;

	spin_lock(pmd_lockptr(ptep));
	pmd = pmdp_get_and_clear(ptep);
	tlb_remove_pmd_tlb_entry(tlb, addr);
	spin_unlock(pmd_lockptr(ptep));
	page = pfn_to_page(pmd_pfn(pmd));
	observe(PAGE_UNMAP, pmd_pfn(pmd), vma->vm_mm->context.ctx_id, addr);
	page_remove_rmap(page);
	tlb_remove_page(tlb, page);
}

/*
 * The entry is none for a moment, as in Linux (huge_ptep_modify_prot_start()). Nobody takes
 * that for "nothing here": the table is this mm's alone, mmap_lock keeps its faults out, and
 * i_mmap_rwsem those of an mm that would come to share the table.
 */
static void protect_huge_pmd(struct mmu_gather *tlb, unsigned long addr, pmd_t *ptep, bool writable)
{
	pmd_t pmd;

	spin_lock(pmd_lockptr(ptep));
	pmd = pmdp_get(ptep);
	if (pmd_write(pmd) != writable) {
		pmdp_get_and_clear(ptep);
		/* Dirty all the time, and nobody asks: huge pages are not written out. */
		set_pmd(ptep, pfn_pmd(pmd_pfn(pmd), writable ? _PAGE_USER_RW : _PAGE_USER_RO));
		tlb_remove_pmd_tlb_entry(tlb, addr);
	}
	spin_unlock(pmd_lockptr(ptep));
}

/*
 * The entries of [addr, end), which lies in one GiB, that map a huge page of our own, one
 * after the other. The caller holds i_mmap_rwsem for write: no fault and no sharer changes
 * what is present.
 */
static pmd_t *next_huge_pmd(pmd_t *ptep, unsigned long *addr, unsigned long end)
{
	for (; *addr < end; *addr += PMD_SIZE, ptep++)
		if (pmd_leaf(pmdp_get_lockless(ptep)))
			return ptep;
	return NULL;
}

void unmap_hugepage_range_final(struct mmu_gather *tlb, struct vm_area_struct *vma)
{
	unsigned long end = vma->vm_end;

	hugetlb_lock_unshare(vma);
	/*
	 * From here to unlink_file_vma() the VMA can still be found through the file. Its PMD
	 * table is on the way out: nobody must begin to share it (tests/RACES.md).
	 */
	if (!busted(unmap_may_share))
		vm_flags_reset_once(vma, vma->vm_flags & ~VM_MAYSHARE);
	for (unsigned long addr = vma->vm_start, next; addr < end; addr = next) {
		pmd_t *ptep = mm_find_pmd(vma->vm_mm, addr);

		next = pud_addr_end(addr, end);
		if (!ptep || huge_pmd_unshare(tlb, vma, addr, ptep))
			continue;
		for (; (ptep = next_huge_pmd(ptep, &addr, next)); addr += PMD_SIZE, ptep++)
			unmap_huge_pmd(tlb, vma, addr, ptep);
	}
	huge_pmd_unshare_flush(tlb, vma);
	hugetlb_unlock_unshare(vma);
}

void hugetlb_mprotect(struct vm_area_struct *vma, unsigned long flags)
{
	unsigned long end = vma->vm_end;
	struct mmu_gather tlb;

	if (busted(hugetlb_flags_early))
		vm_flags_reset_once(vma, flags);
	hugetlb_lock_unshare(vma);
	vm_flags_reset_once(vma, flags);
	tlb_gather_mmu(&tlb, vma->vm_mm);
	for (unsigned long addr = vma->vm_start, next; addr < end; addr = next) {
		pmd_t *ptep = mm_find_pmd(vma->vm_mm, addr);

		next = pud_addr_end(addr, end);
		/* The others keep their permissions: this mm gets a table of its own, by fault. */
		if (!ptep || huge_pmd_unshare(&tlb, vma, addr, ptep))
			continue;
		for (; (ptep = next_huge_pmd(ptep, &addr, next)); addr += PMD_SIZE, ptep++)
			protect_huge_pmd(&tlb, addr, ptep, flags & VM_WRITE);
	}
	/* One flush for both; then nothing is left for the second call. */
	huge_pmd_unshare_flush(&tlb, vma);
	tlb_flush_mmu_tlbonly(&tlb);
	hugetlb_unlock_unshare(vma);
	tlb_finish_mmu(&tlb);
}
