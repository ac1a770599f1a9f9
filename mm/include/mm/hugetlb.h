/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_HUGETLB_H
#define MM_HUGETLB_H

#include <mm/tlb.h>

/*
 * hugetlb with shared PMD tables. mms that map the same aligned 1 GiB of a file use one
 * PMD table. ptdesc->pt_share_count says how many more than one.
 *
 * Sharing:   i_mmap_rwsem read; count up first, then link under page_table_lock
 * Unsharing: i_mmap_rwsem write and the VMA's hugetlb_vma_lock write; clear the PUD
 *            entry, count down, and huge_pmd_unshare_flush() before the lock is dropped
 * Between VMAs with the same flags, each of which covers all of the GiB: so where vm_flags,
 * vm_start or vm_end change, they change under the locks of unsharing
 *
 * Source: Linux mm/hugetlb.c.
 */

/* Fault in @addr; shares a PMD table where it can. mmap_lock read. 0, -ENOMEM. */
int hugetlb_vma_fault(struct vm_area_struct *vma, unsigned long addr, bool write);

/**
 * huge_pmd_unshare - if the PMD table at @addr is shared, take it out of this mm
 *
 * Return: true if it was. The caller then skips to the next PUD, and calls
 * huge_pmd_unshare_flush() before it drops i_mmap_rwsem.
 */
bool huge_pmd_unshare(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long addr,
		      pmd_t *ptep);
void huge_pmd_unshare_flush(struct mmu_gather *tlb, struct vm_area_struct *vma);

/*
 * hugetlb_vma_lock and i_mmap_rwsem for write: no fault in the VMA is under way, no other mm
 * comes to share one of its tables, and nobody finds the VMA by its file.
 */
void hugetlb_lock_unshare(struct vm_area_struct *vma);
void hugetlb_unlock_unshare(struct vm_area_struct *vma);

/* Unshare every table of [start, end) that is shared. Context: hugetlb_lock_unshare(). */
void hugetlb_unshare_pmds(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/* Unmap all of a VMA that is about to go. Linux: __unmap_hugepage_range(), the final kind. */
void unmap_hugepage_range_final(struct mmu_gather *tlb, struct vm_area_struct *vma);

/**
 * hugetlb_mprotect - set the flags of a VMA, and the permissions of what it maps
 * @flags: vm_flags; of them only VM_WRITE may differ
 *
 * Both in one critical section of hugetlb_lock_unshare(): a PMD table is shared between VMAs
 * of the same flags, and a fault that looks for one must not find the new flags with the old
 * entries. Linux's mprotect_fixup() sets vm_flags before hugetlb_change_protection() takes
 * the locks.
 *
 * Context: mmap_lock for write.
 */
void hugetlb_mprotect(struct vm_area_struct *vma, unsigned long flags);

#endif
