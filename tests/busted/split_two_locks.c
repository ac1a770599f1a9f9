/* SPDX-License-Identifier: GPL-2.0 */
/*
 * split_two_locks: split_vma() shortens a VMA, and releases the file's lock before it links the
 * upper half.
 *
 *	CPU0 split_vma()		CPU1 truncation
 *	lock; vma->vm_end = addr; unlock
 *					lock; finds the upper half in no VMA; unlock
 *	lock; link the upper half; unlock
 *	(the page is still mapped)
 */
#include <kernel/rwsem.h>
#include <mm/busted.h>
#include <mm/mm_types.h>

DEFINE_BUSTED(split_two_locks, "a VMA is shortened and its upper half linked under two locks");

bool busted_hook_split_two_locks(struct vm_area_struct *vma)
{
	if (vma->vm_mapping) {
		up_write(&vma->vm_mapping->i_mmap_rwsem);
		down_write(&vma->vm_mapping->i_mmap_rwsem);
	}
	return false;
}
