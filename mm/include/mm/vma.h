/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_VMA_H
#define MM_VMA_H

#include <mm/mm_types.h>

/*
 * Two ways lead to a VMA: its mm (mmap_lock), and its file (i_mmap_rwsem, without mmap_lock).
 * So what both read, vm_start, vm_end and vm_pgoff, changes under both locks for write; and a
 * change of several VMAs that are found by the file is one critical section of i_mmap_rwsem.
 * A walk through the file's VMAs, under i_mmap_rwsem, meets each page that is mapped.
 */

/* Ascending. Context: mmap_lock. */
#define mm_for_each_vma(mm, vma) list_for_each_entry (vma, &(mm)->mmap, vm_list)

/* The VMA that contains @addr, or NULL. Context: mmap_lock. */
struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr);

/* A VMA of @mm, empty and on no list; free_page() frees it. NULL: no memory. */
struct vm_area_struct *vm_area_alloc(struct mm_struct *mm);

/* Into the file's list, behind @behind. Context: i_mmap_rwsem for write. */
void i_mmap_insert(struct vm_area_struct *vma, struct list_head *behind);

/* Into mm->mmap, ascending, and into the file's i_mmap. Context: mmap_lock for write. */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma);

/* After this no one finds the VMA's tables through the file. Context: mmap_lock for write. */
void unlink_file_vma(struct vm_area_struct *vma);

#endif
