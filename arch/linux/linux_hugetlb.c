// SPDX-License-Identifier: GPL-2.0
/* A hugetlb page whose PMD table two mms share, as mm/hugetlb.c expects to find it. */
#include "linux.h"
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <asm/pgalloc.h>

static struct hstate state = {.order = HPAGE_PMD_ORDER, .mask = HPAGE_PMD_MASK};
static struct hugetlbfs_sb_info info = {.hstate = &state};
static struct super_block block = {.s_fs_info = &info};
static struct address_space mapping;
static struct inode inode = {.i_sb = &block, .i_mapping = &mapping};
static struct file file = {.f_inode = &inode, .f_mapping = &mapping};
static pmd_t *table;

static void map(unsigned int i, unsigned long addr)
{
	p4d_t *p4d = p4d_offset(pgd_offset(linux_mms[i], addr), addr);
	struct vm_area_struct *vma = &linux_vmas[i];

	set_p4d(p4d, __p4d(_PAGE_TABLE | __pa(linux_frame())));
	set_pud(pud_offset(p4d, addr), __pud(_PAGE_TABLE | __pa(table)));
	vma->vm_start = addr & PUD_MASK;
	vma->vm_end = vma->vm_start + PUD_SIZE;
	vm_flags_init(vma, VM_HUGETLB | VM_SHARED | VM_MAYSHARE | VM_READ | VM_WRITE);
	vma->vm_file = &file;
	if (i)
		linux_pmd_share(table);
}

void linux_share(unsigned long addr, unsigned int mms)
{
	init_rwsem(&mapping.i_mmap_rwsem);
	linux_huge_init();
	linux_page = linux_huge;
	linux_huge->mapping = (void *)((unsigned long)&linux_anon_vma | FOLIO_MAPPING_ANON);
	table = linux_frame();
	linux_pmd_ctor(linux_mm, table);
	for (unsigned int i = 0; i < mms; i++)
		map(i, addr);
	set_pmd(table + pmd_index(addr), pmd_mkhuge(pfn_pmd(page_to_pfn(linux_huge), PAGE_SHARED)));
}

void linux_unshare(unsigned int mm)
{
	hugetlb_unshare_all_pmds(&linux_vmas[mm]);
}

void linux_reuse(unsigned long addr)
{
	pmd_clear(table + pmd_index(addr));
}

/* The same by an owner who looks, under the lock, whether it is the last one. */
bool linux_last_owner(void)
{
	bool shared;

	i_mmap_lock_write(&mapping);
	shared = linux_pmd_is_shared(table);
	i_mmap_unlock_write(&mapping);
	return !shared;
}

/* The middle of zap_huge_pmd(). */
void linux_unmap_huge(unsigned long addr)
{
	pmd_t *pmd = table + pmd_index(addr);
	spinlock_t *ptl = pmd_lock(linux_mm, pmd);

	pmdp_huge_clear_flush(&linux_vma, addr & HPAGE_PMD_MASK, pmd);
	spin_unlock(ptl);
	put_page(linux_huge);
}

/* The last owner frees the table; the CPUs of other mms do not hear of it. */
void linux_free_shared(void)
{
	model_free(table);
}
