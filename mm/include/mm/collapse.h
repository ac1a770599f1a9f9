/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_COLLAPSE_H
#define MM_COLLAPSE_H

#include <mm/mm_types.h>
#include <mm/pt_sync.h>

/**
 * collapse_huge_page - replace the 512 pages at @addr by one huge page
 * @mm: not necessarily current->mm
 * @addr: 2 MiB aligned, inside an anonymous VMA
 *
 * In order: clear the PMD and flush; wait for walkers of the PTE table; check that the
 * mappings hold the only references; copy; deposit the PTE table; map the huge page.
 * If some page has another reference, put the same table back.
 *
 * Context: takes mmap_lock for write. Return: 0; -EAGAIN a page is referenced elsewhere;
 * -EINVAL nothing to collapse there; -ENOMEM.
 * Source: Linux collapse_huge_page().
 */
int collapse_huge_page(struct mm_struct *mm, unsigned long addr);

/**
 * pmdp_invalidate - make the entry of a huge page invalid, and flush what it maps
 *
 * No TLB keeps the translation, and none can fill it again, while the entry is neither none
 * nor a table (<asm/pgtable.h>). Lazy CPUs are flushed as well.
 *
 * Context: pmd lock held, until another entry is in its place. Return: the old entry.
 * Source: Linux pmdp_invalidate().
 */
pmd_t pmdp_invalidate(struct vm_area_struct *vma, unsigned long addr, pmd_t *pmdp);

/**
 * split_huge_pmd_address - map the huge page at @addr by a table of 512 entries again
 *
 * The table is the one that was deposited. Context: mmap_lock held. Return: whether there was a
 * huge page. Source: Linux split_huge_pmd_address(), which returns nothing.
 */
bool split_huge_pmd_address(struct vm_area_struct *vma, unsigned long addr);

/* The same, taking mmap_lock for read. Return: 0, or -EINVAL: no huge page there. */
int mm_split_huge_pmd(struct mm_struct *mm, unsigned long addr);

/**
 * retract_page_tables - take the PTE tables that map 2 MiB of a file out of every mm
 * @mapping: the file; the caller holds its invalidate_lock for write and has unmapped
 *           the pages (unmap_mapping_pages()), so that the tables are empty
 * @pgoff: offset in 4 KiB pages, 2 MiB aligned
 *
 * No mmap_lock is taken. The tables are freed by pte_free_defer().
 *
 * Return: number of tables retracted. Source: Linux retract_page_tables().
 */
int retract_page_tables(struct address_space *mapping, unsigned long pgoff);

/* Zap the entries that map [pgoff, pgoff + nr) in every mm. Context: invalidate_lock write. */
void unmap_mapping_pages(struct address_space *mapping, unsigned long pgoff, unsigned long nr);

/**
 * pmdp_collapse_flush_receipt - clear a PMD that maps a table, flush the 2 MiB
 *
 * Linux's pmdp_collapse_flush(), but with the receipt of the flush in @r.
 *
 * Context: pmd lock held. Return: the old entry.
 */
pmd_t pmdp_collapse_flush_receipt(struct vm_area_struct *vma, unsigned long addr, pmd_t *pmdp,
				  struct pt_withdrawal *w, struct flush_receipt *r);

#endif
