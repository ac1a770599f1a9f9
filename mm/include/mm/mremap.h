/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_MREMAP_H
#define MM_MREMAP_H

#include <mm/mm_types.h>

/**
 * move_page_tables - take what is mapped at @old_addr to @new_addr
 * @vma: covers [@old_addr, @old_addr + @len), mapped in pages of 4 KiB, or huge pages
 * @new_vma: of the same mm; nothing is mapped yet at [@new_addr, @new_addr + @len)
 *
 * For each PTE table: under both of its locks move the entries, flush the old addresses,
 * and only then let go of the locks. A CPU that finds a page at its new place, with those locks and
 * without mmap_lock (unmap_mapping_pages()), flushes the new address only; then it may free
 * the page, so by then nothing must lead to it by the old one.
 *
 * Where a whole PMD moves to a place for one that is none, the entry itself moves: a huge page,
 * with the table in deposit for it, or a PTE table. Else a huge page is split.
 *
 * A walk of the file's VMAs, under i_mmap_rwsem for read, finds a page that moves at one
 * place or the other: because the new VMA comes later in i_mmap, or else because the entries of
 * a table move under i_mmap_rwsem for write.
 *
 * Context: mmap_lock for write. Return: how much was moved, less than @len without memory.
 * Source: Linux move_page_tables(), move_ptes(), move_normal_pmd(), move_huge_pmd(),
 * need_rmap_locks.
 */
unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len);

#endif
