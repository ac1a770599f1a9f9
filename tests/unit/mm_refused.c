/* SPDX-License-Identifier: GPL-2.0 */
/* What mm/ refuses: it says so, and what was mapped before is mapped as before. */
#include <kernel/errno.h>
#include <kernel/ktest.h>
#include <mm/huge_mm.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <tests/thp.h>

#define ADDR   (2 * PUD_SIZE)
#define BORDER (ADDR + PMD_SIZE)

static struct mm_struct *mm;
static struct address_space *file;

/* [ADDR, ADDR + @len) of a file of as many pages, the first @faulted of them present. */
static bool map_file(unsigned long len, unsigned int page_shift, unsigned long flags,
		     unsigned long faulted)
{
	mm = mm_alloc("refused");
	file = mapping_alloc(len >> page_shift, page_shift);
	if (!mm || !file || mm_mmap(mm, ADDR, len, flags, file, 0))
		return false;
	for (unsigned long i = 0; i < faulted; i++)
		if (fault_in(mm, ADDR + (i << page_shift), flags & VM_WRITE))
			return false;
	return true;
}

static void unmap_file(void)
{
	mm_free(mm);
	mapping_free(file);
}

static bool table_at(unsigned long addr)
{
	pmd_t *pmdp = mm_find_pmd(mm, addr);

	return pmdp && pmd_present(pmdp_get_lockless(pmdp)) && !pmd_leaf(pmdp_get_lockless(pmdp));
}

KTEST(refused, collapse_of_a_file)
{
	KASSERT(t, map_file(PMD_SIZE, PAGE_SHIFT, VM_WRITE | VM_MAYSHARE, HPAGE_PMD_NR));
	KEXPECT_EQ(t, collapse_huge_page(mm, ADDR), -EINVAL);
	KEXPECT(t, table_at(ADDR));
	unmap_file();
}

KTEST(refused, collapse_of_hugetlb)
{
	KASSERT(t, map_file(PMD_SIZE, PMD_SHIFT, VM_WRITE | VM_MAYSHARE | VM_HUGETLB, 1));
	KEXPECT_EQ(t, collapse_huge_page(mm, ADDR), -EINVAL);
	KEXPECT(t, pmd_leaf(pmdp_get_lockless(mm_find_pmd(mm, ADDR))));
	unmap_file();
}

KTEST(refused, collapse_of_less_than_a_table)
{
	mm = mm_alloc("refused");
	KASSERT(t, mm && !mm_mmap(mm, ADDR, PMD_SIZE - PAGE_SIZE, VM_WRITE, NULL, 0));
	KEXPECT_EQ(t, collapse_huge_page(mm, ADDR), -EINVAL); /* no table */
	KEXPECT_EQ(t, fault_in(mm, ADDR, true), 0);
	KEXPECT_EQ(t, collapse_huge_page(mm, ADDR), -EINVAL); /* the VMA ends inside */
	KEXPECT_EQ(t, collapse_huge_page(mm, BORDER), -EINVAL); /* no VMA */
	KEXPECT(t, table_at(ADDR));
	mm_free(mm);
}

KTEST(refused, collapse_and_split_twice)
{
	mm = thp_mm("refused");
	KASSERT(t, mm);
	KEXPECT_EQ(t, mm_split_huge_pmd(mm, THP_ADDR), -EINVAL);
	KEXPECT_EQ(t, collapse_huge_page(mm, THP_ADDR), 0);
	KEXPECT_EQ(t, collapse_huge_page(mm, THP_ADDR), -EINVAL);
	KEXPECT_EQ(t, mm_split_huge_pmd(mm, THP_ADDR), 0);
	KEXPECT_EQ(t, mm_split_huge_pmd(mm, THP_ADDR), -EINVAL);
	KEXPECT(t, table_at(THP_ADDR));
	mm_free(mm);
}

KTEST(refused, mappings)
{
	mm = mm_alloc("refused");
	KASSERT(t, mm && !mm_mmap(mm, ADDR, 2 * PAGE_SIZE, VM_WRITE, NULL, 0));
	KEXPECT_EQ(t, mm_mmap(mm, ADDR + PAGE_SIZE, 2 * PAGE_SIZE, 0, NULL, 0), -EEXIST);
	KEXPECT_EQ(t, mm_mmap(mm, ADDR - PAGE_SIZE, 2 * PAGE_SIZE, 0, NULL, 0), -EEXIST);
	KEXPECT_EQ(t, mm_mmap(mm, BORDER, 0, 0, NULL, 0), -EINVAL);
	KEXPECT_EQ(t, mm_mmap(mm, BORDER + 1, PAGE_SIZE, 0, NULL, 0), -EINVAL);
	KEXPECT_EQ(t, mm_mmap(mm, BORDER, PAGE_SIZE, VM_HUGETLB, NULL, 0), -EINVAL);
	KEXPECT_EQ(t, mm_mmap(mm, 0, PAGE_SIZE, 0, NULL, 0), -EINVAL);
	KEXPECT_EQ(t, mm_mmap(mm, TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE, 0, NULL, 0), -EINVAL);
	/* Its neighbours, and no more. */
	KEXPECT_EQ(t, mm_mmap(mm, ADDR - PAGE_SIZE, PAGE_SIZE, 0, NULL, 0), 0);
	KEXPECT_EQ(t, mm_mmap(mm, ADDR + 2 * PAGE_SIZE, PAGE_SIZE, 0, NULL, 0), 0);
	KEXPECT_EQ(t, fault_in(mm, ADDR - PAGE_SIZE, true), -EFAULT);
	KEXPECT_EQ(t, fault_in(mm, ADDR, true), 0);
	KEXPECT_EQ(t, fault_in(mm, ADDR + PAGE_SIZE, true), 0);
	KEXPECT_EQ(t, fault_in(mm, ADDR + 3 * PAGE_SIZE, false), -EFAULT);
	mm_free(mm);
}

KTEST(refused, part_of_a_huge_page_of_hugetlb)
{
	KASSERT(t, map_file(2 * PMD_SIZE, PMD_SHIFT, VM_WRITE | VM_MAYSHARE | VM_HUGETLB, 2));
	KEXPECT_EQ(t, mm_munmap(mm, ADDR, PAGE_SIZE), -EINVAL);
	KEXPECT_EQ(t, mm_mprotect(mm, ADDR + PAGE_SIZE, PMD_SIZE, false), -EINVAL);
	KEXPECT(t, pmd_write(pmdp_get_lockless(mm_find_pmd(mm, ADDR))));
	KEXPECT(t, pmd_write(pmdp_get_lockless(mm_find_pmd(mm, BORDER))));
	unmap_file();
}

/* The VMA may be longer than the file, as after a truncation. */
static void past_the_end(struct ktest *t, unsigned long pages)
{
	mm = mm_alloc("refused");
	file = mapping_alloc(pages, PAGE_SHIFT);
	KASSERT(t, mm && file);
	KASSERT(t, !mm_mmap(mm, ADDR, (pages + 2) * PAGE_SIZE, VM_WRITE, file, 0));
	KEXPECT_EQ(t, fault_in(mm, ADDR + (pages - 1) * PAGE_SIZE, true), 0);
	KEXPECT_NE(t, fault_in(mm, ADDR + pages * PAGE_SIZE, true), 0);
	KEXPECT_NE(t, fault_in(mm, ADDR + (pages + 1) * PAGE_SIZE, false), 0);
	unmap_file();
}

KTEST(refused, faults_past_the_end_of_a_file)
{
	past_the_end(t, 1);
	past_the_end(t, PAGE_SIZE / sizeof(struct page *)); /* the array of pages is full */
}
