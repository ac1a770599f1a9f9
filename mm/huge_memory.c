/* SPDX-License-Identifier: GPL-2.0 */
/* Splitting a huge page: 512 entries map what one did. See <mm/huge_mm.h>. */
#include <mm/busted.h>
#include <mm/huge_mm.h>
#include <mm/mm.h>
#include <mm/vma.h>

DEFINE_BUSTED(split_none, "a huge PMD is none while it is split");

pmd_t pmdp_invalidate(struct vm_area_struct *vma, unsigned long addr, pmd_t *pmdp)
{
	pmd_t old;

	lockdep_assert_held(pmd_lockptr(pmdp));
	VM_BUG_ON(!pmd_leaf(pmdp_get(pmdp)));
	old = busted(split_none) ? pmdp_get_and_clear(pmdp) : pmdp_invalidate_ad(pmdp);
	flush_tlb_range(vma, addr, addr + PMD_SIZE);
	return old;
}

/* The table that will take the place of @pmd: every page of it as @pmd maps it. */
static void split_fill_table(pte_t *ptes, pmd_t pmd)
{
	struct page *huge = pfn_to_page(pmd_pfn(pmd));

	/* One mapping and its reference become 512, before any of them can be dropped. */
	atomic_add(HPAGE_PMD_NR - 1, &huge->_mapcount);
	atomic_add(HPAGE_PMD_NR - 1, &huge->_refcount);
	for (unsigned long i = 0; i < HPAGE_PMD_NR; i++)
		set_pte(&ptes[i],
			pfn_pte(pmd_pfn(pmd) + i, pmd_write(pmd) ? _PAGE_USER_RW : _PAGE_USER_RO));
}

bool split_huge_pmd_address(struct vm_area_struct *vma, unsigned long addr)
{
	struct mm_struct *mm = vma->vm_mm;
	pmd_t *pmdp = mm_find_pmd(mm, addr);
	struct ptdesc *table;
	pmd_t pmd;

	if (!pmdp || !pmd_leaf(pmdp_get_lockless(pmdp)))
		return false;
	spin_lock(pmd_lockptr(pmdp));
	if (!pmd_leaf(pmdp_get(pmdp))) {
		spin_unlock(pmd_lockptr(pmdp));
		return false;
	}
	/*
	 * Never both sizes in the TLBs for one address (AMD erratum 383; Intel SDM vol. 3A
	 * 4.10.2.4): the huge entry is flushed before the table is linked. And never none in
	 * between: others come by with mmap_lock for read as we do (tests/RACES.md).
	 */
	pmd = pmdp_invalidate(vma, addr, pmdp);
	/* Written to since: hardware had nothing to set that is lost below. */
	VM_BUG_ON(pmd_write(pmd) && !pmd_dirty(pmd));
	table = pgtable_trans_huge_withdraw(mm, pmdp);
	split_fill_table(ptdesc_address(table), pmd);
	pmd_populate(mm, pmdp, table);
	spin_unlock(pmd_lockptr(pmdp));
	return true;
}

int mm_split_huge_pmd(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;
	int ret = -EINVAL;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma && !(vma->vm_flags & VM_HUGETLB) && split_huge_pmd_address(vma, addr & PMD_MASK))
		ret = 0;
	mmap_read_unlock(mm);
	return ret;
}
