/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of a VMA have of the whole when it is split. */
#include <kernel/ktest.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>

#define ADDR PMD_SIZE

static struct page *page_at(struct mm_struct *mm, unsigned long addr)
{
	pmd_t pmd = pmdp_get_lockless(mm_find_pmd(mm, addr));

	return pfn_to_page(pte_pfn(ptep_get_lockless(pte_offset_lockless(pmd, addr))));
}

/* Read-only, but for the middle page: faults go by the flags of each part. */
KTEST(split, parts_keep_flags_and_offset)
{
	struct address_space *file = mapping_alloc(4, PAGE_SHIFT);
	struct mm_struct *mm = mm_alloc("split");

	KASSERT(t, file && mm);
	KASSERT(t, !mm_mmap(mm, ADDR, 3 * PAGE_SIZE, 0, file, 1));
	KEXPECT_EQ(t, mm_mprotect(mm, ADDR + PAGE_SIZE, PAGE_SIZE, true), 0);
	for (unsigned long i = 0; i < 3; i++) {
		unsigned long addr = ADDR + i * PAGE_SIZE;

		KEXPECT_EQ(t, fault_in(mm, addr, true), i == 1 ? 0 : -EFAULT);
		KEXPECT_EQ(t, fault_in(mm, addr, false), 0);
		KEXPECT_EQ(t, page_at(mm, addr)->index, i + 1);
	}
	mm_free(mm);
	mapping_free(file);
}

/* A walk of the file's list meets the lower part first: what mremap relies on. */
KTEST(split, parts_ascend_in_the_files_list)
{
	struct address_space *file = mapping_alloc(4, PAGE_SHIFT);
	struct mm_struct *mm = mm_alloc("split");
	const struct vm_area_struct *vma;
	unsigned long end = ADDR;

	KASSERT(t, file && mm);
	KASSERT(t, !mm_mmap(mm, ADDR, 4 * PAGE_SIZE, VM_WRITE, file, 0));
	KEXPECT_EQ(t, mm_mprotect(mm, ADDR + 2 * PAGE_SIZE, PAGE_SIZE, false), 0);
	KEXPECT_EQ(t, mm_mprotect(mm, ADDR + PAGE_SIZE, PAGE_SIZE, false), 0);
	list_for_each_entry (vma, &file->i_mmap, shared) {
		KEXPECT_EQ(t, vma->vm_start, end);
		end = vma->vm_end;
	}
	KEXPECT_EQ(t, end, ADDR + 4 * PAGE_SIZE);
	mm_free(mm);
	mapping_free(file);
}
