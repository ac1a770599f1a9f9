/* SPDX-License-Identifier: GPL-2.0 */
/* VMAs, and the two lists that they are found by. See <mm/vma.h>. */
#include <mm/page_alloc.h>
#include <mm/vma.h>

struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	lockdep_assert(rwsem_is_locked(&mm->mmap_lock));
	mm_for_each_vma (mm, vma)
		if (addr >= vma->vm_start && addr < vma->vm_end)
			return vma;
	return NULL;
}

struct vm_area_struct *vm_area_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = get_zeroed_page(GFP_KERNEL);

	BUILD_BUG_ON(sizeof(*vma) > PAGE_SIZE);
	if (vma) {
		vma->vm_mm = mm;
		init_rwsem_rank(&vma->anon_vma_lock, "anon_vma", RANK_ANON_VMA);
		init_rwsem_rank(&vma->hugetlb_vma_lock, "hugetlb_vma", RANK_VMA);
	}
	return vma;
}

void i_mmap_insert(struct vm_area_struct *vma, struct list_head *behind)
{
	lockdep_assert(rwsem_is_write_locked(&vma->vm_mapping->i_mmap_rwsem));
	list_add(&vma->shared, behind);
}

void vma_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *pos;

	lockdep_assert(rwsem_is_write_locked(&mm->mmap_lock));
	mm_for_each_vma (mm, pos)
		if (pos->vm_start > vma->vm_start)
			break;
	list_add_tail(&vma->vm_list, &pos->vm_list);
	if (vma->vm_mapping) {
		down_write(&vma->vm_mapping->i_mmap_rwsem);
		i_mmap_insert(vma, vma->vm_mapping->i_mmap.prev);
		up_write(&vma->vm_mapping->i_mmap_rwsem);
	}
}

void unlink_file_vma(struct vm_area_struct *vma)
{
	if (!vma->vm_mapping)
		return;
	down_write(&vma->vm_mapping->i_mmap_rwsem);
	lockdep_assert(rwsem_is_write_locked(&vma->vm_mapping->i_mmap_rwsem));
	list_del(&vma->shared);
	up_write(&vma->vm_mapping->i_mmap_rwsem);
}
