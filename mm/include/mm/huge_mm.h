/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_HUGE_MM_H
#define MM_HUGE_MM_H

#include <mm/mm_types.h>

/*
 * Huge pages of anonymous memory that are mapped (<mm/khugepaged.h> maps them). For each there
 * is a PTE table in deposit (<mm/ptdesc.h>). A split takes one back. In order, all of it under
 * the lock of the PMD: make the entry invalid; flush; fill the table; link it. So no TLB has
 * translations of both sizes for one address, and the entry is never none meanwhile.
 */

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

#endif
