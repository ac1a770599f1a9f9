/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_MM_H
#define MM_MM_H

#include <kernel/errno.h>
#include <mm/mm_types.h>
#include <mm/tlb.h>
#include <asm/pgtable.h>

/* Address spaces, mappings and faults. Functions return 0 or -Exxx. */

struct mm_struct *mm_alloc(const char *name); /* NULL: no memory */
void mm_free(struct mm_struct *mm); /* unmaps all, frees; no task may use it */

/* Current task borrows @mm, as if it were one of its threads. Context: may sleep. */
void kthread_use_mm(struct mm_struct *mm);
void kthread_unuse_mm(struct mm_struct *mm);

/* Files. @page_shift: PAGE_SHIFT, or PMD_SHIFT for hugetlb. */
struct address_space *mapping_alloc(unsigned long nrpages, unsigned int page_shift);
void mapping_free(struct address_space *mapping);
/* The page at @index, allocated on first use, with a reference for the caller; NULL: no memory. */
struct page *mapping_get_page(struct address_space *mapping, unsigned long index);

/**
 * mm_mmap - map [addr, addr + len); what is there must be unmapped
 * @flags: VM_*
 * @mapping: file, or NULL for anonymous memory
 * @pgoff: offset in it, in 4 KiB pages
 *
 * Context: takes mmap_lock for write. Return: 0, -EEXIST, -EINVAL, -ENOMEM.
 */
int mm_mmap(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long flags,
	    struct address_space *mapping, unsigned long pgoff);

/* Unmap; splits VMAs at the edges, for hugetlb at 2 MiB. Takes mmap_lock for write. */
int mm_munmap(struct mm_struct *mm, unsigned long addr, unsigned long len);

/* Set or clear write permission. Takes mmap_lock for write. */
int mm_mprotect(struct mm_struct *mm, unsigned long addr, unsigned long len, bool writable);

/* Drop the pages of an anonymous range; they read as zero afterwards. mmap_lock for read. */
int mm_madvise_dontneed(struct mm_struct *mm, unsigned long addr, unsigned long len);

/* Zap the entries that map [pgoff, pgoff + nr) in every mm. Context: invalidate_lock write. */
void unmap_mapping_pages(struct address_space *mapping, unsigned long pgoff, unsigned long nr);

/**
 * vma_fault - make @addr present, writable if @write
 *
 * Context: mmap_lock for read; may sleep. Return: 0, -EFAULT, -ENOMEM.
 */
int vma_fault(struct vm_area_struct *vma, unsigned long addr, bool write);

/* vma_lookup() and vma_fault() under mmap_lock: what a page fault would do. */
int fault_in(struct mm_struct *mm, unsigned long addr, bool write);

/* Inside mm/: levels. The alloc forms return NULL without memory. */
pgd_t *pgd_offset(struct mm_struct *mm, unsigned long addr);
pud_t *mm_alloc_pud(struct mm_struct *mm, unsigned long addr);
pmd_t *mm_alloc_pmd(struct mm_struct *mm, unsigned long addr);
/* The entry for @addr, or NULL without a PMD table. */
pmd_t *mm_find_pmd(struct mm_struct *mm, unsigned long addr);
int pte_alloc(struct mm_struct *mm, pmd_t *pmdp);
void pmd_populate(struct mm_struct *mm, pmd_t *pmdp, struct ptdesc *pte_table);
void pud_populate(struct mm_struct *mm, pud_t *pudp, struct ptdesc *pmd_table);

/* The PTE of @addr with its table locked, or NULL if *pmdp is no table (any more). */
pte_t *pte_offset_map_lock(pmd_t *pmdp, unsigned long addr, spinlock_t **ptlp);

void unmap_page_range(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		      unsigned long end);
void free_pgd_range(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		    unsigned long floor, unsigned long ceiling);

#endif
