/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_KHUGEPAGED_H
#define MM_KHUGEPAGED_H

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
