/* SPDX-License-Identifier: GPL-2.0 */
/* What of an mm does not hang on its page tables, at the end of a schedule. See tests/scenario/account.c. */
#include <mm/mm.h>
#include <mm/vma.h>
#include <tests/scenario_actors.h>
#include <tests/scenario_run.h>

static int held_by_vma(const struct vm_area_struct *vma)
{
	const struct address_space *file = vma->vm_mapping;
	int n = rwsem_is_locked(&vma->anon_vma_lock) + rwsem_is_locked(&vma->hugetlb_vma_lock);

	/* A file counts with its first VMA. */
	if (file && vma->shared.prev == &file->i_mmap)
		n += rwsem_is_locked(&file->i_mmap_rwsem) +
		     rwsem_is_locked(&file->invalidate_lock) + spin_is_locked(&file->pages_lock);
	return n;
}

int scenario_mm_held(struct mm_struct *mm)
{
	const struct vm_area_struct *vma;
	int n = rwsem_is_locked(&mm->mmap_lock) + spin_is_locked(&mm->page_table_lock) +
		atomic_read(&mm->tlb_flush_pending);

	mm_for_each_vma (mm, vma)
		n += held_by_vma(vma);
	return n;
}

static bool listed_once(const struct vm_area_struct *vma)
{
	const struct vm_area_struct *pos;
	int n = 0;

	list_for_each_entry (pos, &vma->vm_mapping->i_mmap, shared)
		n += pos == vma;
	return n == 1;
}

static bool belongs_to_its_mm(const struct vm_area_struct *vma)
{
	const struct vm_area_struct *pos;

	mm_for_each_vma (vma->vm_mm, pos)
		if (pos == vma)
			return true;
	return false;
}

static void account_file(const struct address_space *file)
{
	const struct vm_area_struct *vma;

	list_for_each_entry (vma, &file->i_mmap, shared)
		scenario_check(vma->vm_mapping == file && belongs_to_its_mm(vma));
}

static void account_vma(const struct vm_area_struct *vma)
{
	if (!vma->vm_mapping)
		return;
	scenario_check(listed_once(vma));
	account_file(vma->vm_mapping);
}

void scenario_account_mm(struct mm_struct *mm)
{
	const struct vm_area_struct *vma;
	unsigned long end = 0;

	mm_for_each_vma (mm, vma) {
		scenario_check(vma->vm_mm == mm && vma->vm_start >= end &&
			       vma->vm_start < vma->vm_end);
		end = vma->vm_end;
		account_vma(vma);
	}
}
