/* SPDX-License-Identifier: GPL-2.0 */
/* Mapping, unmapping, protection. Which locks guard a VMA: <mm/vma.h>. */
#include <kernel/sched.h>
#include <mm/busted.h>
#include <mm/huge_mm.h>
#include <mm/hugetlb.h>
#include <mm/mm.h>
#include <mm/vma.h>

DEFINE_BUSTED(vm_flags_plain, "mprotect writes vm_flags by a plain store");
DEFINE_BUSTED(protect_not_taken,
	      "mprotect reads an entry and writes it, and hardware sets Dirty in between");
DEFINE_BUSTED(unmap_unlink_early, "a VMA leaves its file before what it maps is zapped");
DEFINE_BUSTED(unmap_unlink_late, "a VMA is found by its file until its page tables are freed");

int mm_mmap(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long flags,
	    struct address_space *mapping, unsigned long pgoff)
{
	unsigned long align = flags & VM_HUGETLB ? PMD_SIZE : PAGE_SIZE;
	struct vm_area_struct *vma, *pos;

	if (!len || !IS_ALIGNED(addr | len, align) || addr < PAGE_SIZE || addr + len > TASK_SIZE)
		return -EINVAL;
	vma = vm_area_alloc(mm);
	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = flags;
	vma->vm_mapping = mapping;
	vma->vm_pgoff = pgoff;
	mmap_write_lock(mm);
	mm_for_each_vma (mm, pos) {
		if (addr < pos->vm_end && pos->vm_start < addr + len) {
			mmap_write_unlock(mm);
			free_page(vma);
			return -EEXIST;
		}
	}
	vma_link(mm, vma);
	mmap_write_unlock(mm);
	return 0;
}

/* Nobody finds @vma by its file; if of hugetlb, nobody has a fault in it or shares its tables. */
static void lock_rmap(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_HUGETLB)
		hugetlb_lock_unshare(vma);
	else if (vma->vm_mapping)
		down_write(&vma->vm_mapping->i_mmap_rwsem);
}

static void unlock_rmap(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_HUGETLB)
		hugetlb_unlock_unshare(vma);
	else if (vma->vm_mapping)
		up_write(&vma->vm_mapping->i_mmap_rwsem);
}

/*
 * A PMD table may be shared only by VMAs that cover all of its GiB; the halves of @vma will
 * not. Under the locks under which @vma is shortened, or another mm comes to share the table
 * in between. Linux: hugetlb_split(), called by __split_vma() since 081056dc00a2.
 */
static void unshare_split_gib(struct vm_area_struct *vma, unsigned long addr)
{
	if (vma->vm_flags & VM_HUGETLB && !IS_ALIGNED(addr, PUD_SIZE))
		hugetlb_unshare_pmds(vma, addr & PUD_MASK, (addr & PUD_MASK) + PUD_SIZE);
}

/*
 * Make @addr a border between VMAs. The new VMA comes right behind the old one in both lists:
 * a reader of the file's list meets the lower half first, and then the upper half.
 * Source: Linux __split_vma(): vma_prepare(), vma_complete().
 */
static int split_vma(struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *new;

	if (vma->vm_flags & VM_HUGETLB && !IS_ALIGNED(addr, PMD_SIZE))
		return -EINVAL;
	new = vm_area_alloc(vma->vm_mm);
	if (!new)
		return -ENOMEM;
	/* No huge page of ordinary memory may lie across the border. */
	if (!(vma->vm_flags & VM_HUGETLB) && !IS_ALIGNED(addr, PMD_SIZE))
		split_huge_pmd_address(vma, addr & PMD_MASK);
	new->vm_start = addr;
	new->vm_end = vma->vm_end;
	new->vm_flags = vma->vm_flags;
	new->vm_mapping = vma->vm_mapping;
	new->vm_pgoff = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	lock_rmap(vma);
	unshare_split_gib(vma, addr);
	busted_hook(split_unshare_early, vma);
	vma->vm_end = addr;
	busted_hook(split_two_locks, vma);
	list_add(&new->vm_list, &vma->vm_list);
	if (vma->vm_mapping)
		i_mmap_insert(new, &vma->shared);
	unlock_rmap(vma);
	return 0;
}

/* Split whatever VMA lies across @start or @end. */
static int split_at(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	unsigned long at[2] = {start, end};

	for (int i = 0; i < 2; i++) {
		struct vm_area_struct *vma = vma_lookup(mm, at[i]);
		int ret;

		if (!vma || vma->vm_start == at[i])
			continue;
		ret = split_vma(vma, at[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static void unmap_vma(struct mmu_gather *tlb, struct vm_area_struct *vma)
{
	struct list_head *prev = vma->vm_list.prev, *next = vma->vm_list.next;
	struct mm_struct *mm = vma->vm_mm;
	unsigned long floor = 0, ceiling = 0;

	if (prev != &mm->mmap)
		floor = list_entry(prev, struct vm_area_struct, vm_list)->vm_end;
	if (next != &mm->mmap)
		ceiling = list_entry(next, struct vm_area_struct, vm_list)->vm_start;
	if (busted(unmap_unlink_early))
		unlink_file_vma(vma);
	if (vma->vm_flags & VM_HUGETLB)
		unmap_hugepage_range_final(tlb, vma);
	else
		unmap_page_range(tlb, vma, vma->vm_start, vma->vm_end);
	list_del(&vma->vm_list);
	if (!busted(unmap_unlink_late) && !busted(unmap_unlink_early))
		unlink_file_vma(vma);
	free_pgd_range(tlb, vma->vm_start, vma->vm_end, floor, ceiling);
	if (busted(unmap_unlink_late))
		unlink_file_vma(vma);
	free_page(vma);
}

int mm_munmap(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *vma, *n;
	struct mmu_gather tlb;
	int ret;

	mmap_write_lock(mm);
	ret = split_at(mm, addr, addr + len);
	if (!ret) {
		tlb_gather_mmu(&tlb, mm);
		list_for_each_entry_safe (vma, n, &mm->mmap, vm_list)
			if (vma->vm_start >= addr && vma->vm_end <= addr + len)
				unmap_vma(&tlb, vma);
		tlb_finish_mmu(&tlb);
	}
	mmap_write_unlock(mm);
	return ret;
}

int mm_madvise_dontneed(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *vma;
	struct mmu_gather tlb;
	int ret = -EINVAL;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma && !vma->vm_mapping && addr + len <= vma->vm_end) {
		if (!IS_ALIGNED(addr, PMD_SIZE))
			split_huge_pmd_address(vma, addr & PMD_MASK);
		if (!IS_ALIGNED(addr + len, PMD_SIZE))
			split_huge_pmd_address(vma, (addr + len) & PMD_MASK);
		tlb_gather_mmu(&tlb, mm);
		unmap_page_range(&tlb, vma, addr, addr + len);
		tlb_finish_mmu(&tlb);
		ret = 0;
	}
	mmap_read_unlock(mm);
	return ret;
}

/* Only taking a permission away needs a flush; a stale "no" only faults once more. */
static void change_protection(struct mmu_gather *tlb, struct vm_area_struct *vma, bool writable)
{
	unsigned long next;

	for (unsigned long addr = vma->vm_start; addr < vma->vm_end; addr = next) {
		pmd_t *pmdp = mm_find_pmd(vma->vm_mm, addr);
		spinlock_t *ptl;
		pte_t *ptep;

		next = pmd_addr_end(addr, vma->vm_end);
		if (!pmdp || writable)
			continue;
		spin_lock(pmd_lockptr(pmdp));
		if (pmd_leaf(pmdp_get(pmdp))) {
			pmd_t old = pmdp_invalidate_ad(pmdp);

			set_pmd(pmdp, pmd_wrprotect(old));
			tlb_remove_pmd_tlb_entry(tlb, addr);
			spin_unlock(pmd_lockptr(pmdp));
			continue;
		}
		spin_unlock(pmd_lockptr(pmdp));
		ptep = pte_offset_map_lock(pmdp, addr, &ptl);
		if (!ptep)
			continue;
		for (; addr < next; addr += PAGE_SIZE, ptep++) {
			if (!pte_present(ptep_get(ptep)) || !pte_write(ptep_get(ptep)))
				continue;
			set_pte(ptep, pte_wrprotect(busted(protect_not_taken)
							    ? ptep_get(ptep)
							    : ptep_get_and_clear(ptep)));
			tlb_remove_tlb_entry(tlb, addr);
		}
		spin_unlock(ptl);
	}
}

int mm_mprotect(struct mm_struct *mm, unsigned long addr, unsigned long len, bool writable)
{
	struct vm_area_struct *vma;
	unsigned long flags;
	struct mmu_gather tlb;
	int ret;

	mmap_write_lock(mm);
	ret = split_at(mm, addr, addr + len);
	if (ret)
		goto out;
	tlb_gather_mmu(&tlb, mm);
	mm_for_each_vma (mm, vma) {
		if (vma->vm_start < addr || vma->vm_end > addr + len)
			continue;
		flags = writable ? vma->vm_flags | VM_WRITE : vma->vm_flags & ~VM_WRITE;
		if (flags & VM_HUGETLB) {
			hugetlb_mprotect(vma, flags);
		} else {
			if (busted(vm_flags_plain))
				vma->vm_flags = flags;
			else
				vm_flags_reset_once(vma, flags);
			change_protection(&tlb, vma, writable);
		}
	}
	tlb_finish_mmu(&tlb);
out:
	mmap_write_unlock(mm);
	return ret;
}
