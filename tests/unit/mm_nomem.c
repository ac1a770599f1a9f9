/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Each operation with the first of its allocations failing, then the second, and so on until none
 * is left to fail. It does its work, or says -ENOMEM, and then it can be done; and when all is
 * torn down nothing is left. Source: how Linux's tests use fail-nth.
 */
#include <kernel/errno.h>
#include <kernel/ktest.h>
#include <kernel/rcu.h>
#include <kernel/string.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/mremap.h>
#include <mm/page_alloc.h>
#include <mm/vma.h>
#include <tests/thp.h>

#define ADDR (2 * PUD_SIZE) /* no table is there yet */
#define FAR  (4 * PUD_SIZE)
#define MOST 64 /* allocations of one operation */

static struct {
	struct mm_struct *mm, *other;
	struct address_space *file;
} world;

struct operation {
	const char *name;
	bool (*prepare)(void);
	int (*run)(void);
	bool (*done)(void);
};

static pmd_t pmd_at(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmdp = mm_find_pmd(mm, addr);

	return pmdp ? pmdp_get_lockless(pmdp) : __pmd(0);
}

static pte_t pte_at(unsigned long addr)
{
	pmd_t pmd = pmd_at(world.mm, addr);

	return pmd_present(pmd) && !pmd_leaf(pmd)
		       ? ptep_get_lockless(pte_offset_lockless(pmd, addr))
		       : __pte(0);
}

static void tear_down(void)
{
	if (world.mm)
		mm_free(world.mm);
	if (world.other)
		mm_free(world.other);
	if (world.file)
		mapping_free(world.file);
	memset(&world, 0, sizeof(world));
}

/* Births */

static bool nothing(void)
{
	return true;
}

static int birth_of_mm(void)
{
	world.mm = mm_alloc("nomem");
	return world.mm ? 0 : -ENOMEM;
}

static bool has_mm(void)
{
	return world.mm;
}

static int birth_of_file(void)
{
	world.file = mapping_alloc(HPAGE_PMD_NR, PAGE_SHIFT);
	return world.file ? 0 : -ENOMEM;
}

static bool has_file(void)
{
	return world.file;
}

/* Faults */

static bool mapped(unsigned long flags, unsigned long pages, unsigned int page_shift)
{
	if (birth_of_mm())
		return false;
	if (page_shift) {
		world.file = mapping_alloc(pages, page_shift);
		if (!world.file)
			return false;
	}
	return !mm_mmap(world.mm, ADDR, pages << (page_shift ?: PAGE_SHIFT), flags, world.file, 0);
}

static bool anonymous(void)
{
	return mapped(VM_WRITE, 2, 0);
}

static bool of_file(void)
{
	return mapped(VM_WRITE | VM_MAYSHARE, 2, PAGE_SHIFT);
}

static bool of_hugetlb(void)
{
	return mapped(VM_WRITE | VM_MAYSHARE | VM_HUGETLB, PUD_SIZE / PMD_SIZE, PMD_SHIFT);
}

/* Another mm has a table that this one can share. */
static bool of_hugetlb_shared(void)
{
	if (!of_hugetlb())
		return false;
	world.other = mm_alloc("other");
	return world.other &&
	       !mm_mmap(world.other, ADDR, PUD_SIZE, VM_WRITE | VM_MAYSHARE | VM_HUGETLB,
			world.file, 0) &&
	       !fault_in(world.other, ADDR, true);
}

static int fault_write(void)
{
	return fault_in(world.mm, ADDR, true);
}

static int fault_read(void)
{
	return fault_in(world.mm, ADDR, false);
}

static bool has_page(void)
{
	return pte_present(pte_at(ADDR));
}

static bool has_huge_page(void)
{
	return pmd_leaf(pmd_at(world.mm, ADDR));
}

/* VMAs */

static int map_another(void)
{
	return mm_mmap(world.mm, FAR, PAGE_SIZE, VM_WRITE, NULL, 0);
}

static bool has_another(void)
{
	struct vm_area_struct *vma;

	mmap_read_lock(world.mm);
	vma = vma_lookup(world.mm, FAR);
	mmap_read_unlock(world.mm);
	return vma;
}

/* One whole huge page at THP_ADDR. */
static bool huge(void)
{
	world.mm = thp_mm("nomem");
	return world.mm && !collapse_huge_page(world.mm, THP_ADDR);
}

static int unmap_middle(void)
{
	return mm_munmap(world.mm, THP_ADDR + PAGE_SIZE, PAGE_SIZE);
}

static bool has_hole(void)
{
	return pte_present(pte_at(THP_ADDR)) && !pte_present(pte_at(THP_ADDR + PAGE_SIZE)) &&
	       pte_present(pte_at(THP_ADDR + 2 * PAGE_SIZE));
}

static int protect_middle(void)
{
	return mm_mprotect(world.mm, THP_ADDR + PAGE_SIZE, PAGE_SIZE, false);
}

static bool has_protected(void)
{
	return pte_write(pte_at(THP_ADDR)) && !pte_write(pte_at(THP_ADDR + PAGE_SIZE)) &&
	       pte_write(pte_at(THP_ADDR + 2 * PAGE_SIZE));
}

/* Tables */

static bool full_table(void)
{
	world.mm = thp_mm("nomem");
	return world.mm;
}

static int collapse(void)
{
	return collapse_huge_page(world.mm, THP_ADDR);
}

static bool has_collapsed(void)
{
	return pmd_leaf(pmd_at(world.mm, THP_ADDR));
}

/* Two pages, in two tables. */
static bool two_tables(void)
{
	return !birth_of_mm() && !mm_mmap(world.mm, ADDR, 2 * PMD_SIZE, VM_WRITE, NULL, 0) &&
	       !mm_mmap(world.mm, FAR + PAGE_SIZE, 2 * PMD_SIZE, VM_WRITE, NULL, 0) &&
	       !fault_in(world.mm, ADDR, true) && !fault_in(world.mm, ADDR + PMD_SIZE, true);
}

static int move(void)
{
	struct vm_area_struct *old, *new;
	unsigned long moved;

	mmap_write_lock(world.mm);
	old = vma_lookup(world.mm, ADDR);
	new = vma_lookup(world.mm, FAR + PAGE_SIZE);
	moved = move_page_tables(old, ADDR, new, FAR + PAGE_SIZE, 2 * PMD_SIZE);
	mmap_write_unlock(world.mm);
	return moved == 2 * PMD_SIZE ? 0 : -ENOMEM;
}

static bool has_moved(void)
{
	return !pte_present(pte_at(ADDR)) && !pte_present(pte_at(ADDR + PMD_SIZE)) &&
	       pte_present(pte_at(FAR + PAGE_SIZE)) &&
	       pte_present(pte_at(FAR + PAGE_SIZE + PMD_SIZE));
}

static const struct operation operations[] = {
	{"mm_alloc", nothing, birth_of_mm, has_mm},
	{"mapping_alloc", nothing, birth_of_file, has_file},
	{"mm_mmap", anonymous, map_another, has_another},
	{"fault, anonymous", anonymous, fault_write, has_page},
	{"fault, file", of_file, fault_read, has_page},
	{"fault, hugetlb", of_hugetlb, fault_write, has_huge_page},
	{"fault, shared table", of_hugetlb_shared, fault_write, has_huge_page},
	{"munmap of a part", huge, unmap_middle, has_hole},
	{"mprotect of a part", huge, protect_middle, has_protected},
	{"collapse", full_table, collapse, has_collapsed},
	{"mremap", two_tables, move, has_moved},
};

/* Whether the @n-th allocation is one of @op's. */
static bool with_nth_failing(struct ktest *t, const struct operation *op, u32 n)
{
	bool good, failed;
	int ret;

	good = KEXPECT(t, op->prepare());
	fail_page_alloc_nth(n);
	ret = op->run();
	failed = !fail_page_alloc_nth(0);
	good &= KEXPECT_EQ(t, ret, failed && ret ? -ENOMEM : 0);
	if (ret)
		good &= KEXPECT_EQ(t, op->run(), 0);
	good &= KEXPECT(t, op->done());
	tear_down();
	if (!good)
		printk("# %s, allocation %u fails\n", op->name, n);
	return failed;
}

static void each_allocation_of(struct ktest *t, const struct operation *op)
{
	unsigned long before = nr_free_pages();
	u32 n = 1;

	while (n < MOST && with_nth_failing(t, op, n))
		n++;
	KEXPECT_GT(t, n, 1);
	KEXPECT_GT(t, MOST, n);
	rcu_barrier();
	if (!KEXPECT_EQ(t, nr_free_pages(), before))
		printk("# left by %s\n", op->name);
}

KTEST(nomem, each_allocation_of_each_operation)
{
	rcu_barrier();
	for (unsigned int i = 0; i < ARRAY_SIZE(operations); i++)
		each_allocation_of(t, &operations[i]);
}
