/* SPDX-License-Identifier: GPL-2.0 */
/* Dirty: set by the hardware at the first store, collected when the entry is taken away. */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <asm/uaccess.h>
#include <mm/gup.h>
#include <mm/mm.h>
#include <mm/rmap.h>
#include <mm/writeback.h>

#define ADDR 0x40000000UL

static struct mm_struct *mm;
static struct address_space *file;
static struct page *page;

/* One page of a file, mapped by the fault of a load or of a store. */
static bool map(bool write)
{
	mm = mm_alloc("dirty");
	file = mapping_alloc(1, PAGE_SHIFT);
	if (!mm || !file || mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE | VM_MAYSHARE, file, 0))
		return false;
	kthread_use_mm(mm);
	if (fault_in(mm, ADDR, write))
		return false;
	page = mapping_get_page(file, 0);
	return page;
}

static void unmap(void)
{
	kthread_unuse_mm(mm);
	mm_free(mm);
	put_page(page);
	mapping_free(file);
}

static pte_t entry(void)
{
	return ptep_get_lockless(
		pte_offset_lockless(pmdp_get_lockless(mm_find_pmd(mm, ADDR)), ADDR));
}

KTEST(dirty, set_by_the_first_store)
{
	u64 v;

	KASSERT(t, map(false));
	KEXPECT(t, pte_write(entry()) && !pte_dirty(entry()));
	KEXPECT(t, !get_user_u64(&v, ADDR) && !pte_dirty(entry()));
	KEXPECT(t, !put_user_u64(1, ADDR) && pte_dirty(entry()));
	KEXPECT(t, !page_dirty(page));
	unmap();
}

KTEST(dirty, zap_collects_it)
{
	KASSERT(t, map(false));
	KEXPECT_EQ(t, put_user_u64(1, ADDR), 0);
	KEXPECT_EQ(t, mm_munmap(mm, ADDR, PAGE_SIZE), 0);
	KEXPECT(t, page_dirty(page) && !page_mapped(page));
	KEXPECT(t, clear_page_dirty_for_io(page) && !page_dirty(page));
	KEXPECT(t, !clear_page_dirty_for_io(page));
	unmap();
}

KTEST(dirty, zap_of_a_clean_page_collects_nothing)
{
	u64 v;

	KASSERT(t, map(false));
	KEXPECT_EQ(t, get_user_u64(&v, ADDR), 0);
	KEXPECT_EQ(t, mm_munmap(mm, ADDR, PAGE_SIZE), 0);
	KEXPECT(t, !page_dirty(page) && !page_mapped(page));
	unmap();
}

KTEST(dirty, mprotect_keeps_it)
{
	KASSERT(t, map(true));
	KEXPECT_EQ(t, mm_mprotect(mm, ADDR, PAGE_SIZE, false), 0);
	KEXPECT(t, !pte_write(entry()) && pte_dirty(entry()));
	KEXPECT(t, clear_page_dirty_for_io(page) && !pte_dirty(entry()));
	unmap();
}

/* After cleaning, the next store faults, and is noted again. */
KTEST(dirty, cleaning_write_protects)
{
	KASSERT(t, map(true));
	KEXPECT_EQ(t, put_user_u64(1, ADDR), 0);
	KEXPECT(t, clear_page_dirty_for_io(page));
	KEXPECT(t, !pte_write(entry()) && !pte_dirty(entry()) && !page_dirty(page));
	KEXPECT(t, put_user_u64(2, ADDR));
	KEXPECT_EQ(t, fault_in(mm, ADDR, true), 0);
	KEXPECT_EQ(t, put_user_u64(2, ADDR), 0);
	KEXPECT(t, clear_page_dirty_for_io(page));
	unmap();
}

/* GUP-fast and a store that sets Dirty between its two looks: it may fail, not go wrong. */
KTEST(dirty, gup_fast_takes_clean_and_dirty)
{
	struct page *got;

	KASSERT(t, map(false));
	KEXPECT_EQ(t, gup_fast_only(ADDR, 1, FOLL_PIN | FOLL_WRITE, &got), 1);
	gup_put_pages(&got, 1, FOLL_PIN | FOLL_WRITE);
	KEXPECT_EQ(t, put_user_u64(1, ADDR), 0);
	KEXPECT_EQ(t, gup_fast_only(ADDR, 1, FOLL_PIN | FOLL_WRITE, &got), 1);
	gup_put_pages(&got, 1, FOLL_PIN | FOLL_WRITE);
	unmap();
}

/* More than the bundle on the stack, every second page dirty: each out of the rmap once. */
KTEST(dirty, zap_of_many)
{
	unsigned int nr = 3 * MMU_GATHER_BUNDLE;
	struct mm_struct *many = mm_alloc("many");
	struct address_space *f = mapping_alloc(nr, PAGE_SHIFT);

	KASSERT(t, many && f && !mm_mmap(many, ADDR, nr * PAGE_SIZE, VM_WRITE, f, 0));
	for (unsigned int i = 0; i < nr; i++)
		KEXPECT_EQ(t, fault_in(many, ADDR + i * PAGE_SIZE, i & 1), 0);
	KEXPECT_EQ(t, mm_munmap(many, ADDR, nr * PAGE_SIZE), 0);
	for (unsigned int i = 0; i < nr; i++) {
		page = mapping_get_page(f, i);
		KEXPECT_EQ(t, page_dirty(page), i & 1);
		KEXPECT(t, !page_mapped(page));
		put_page(page);
	}
	mm_free(many);
	mapping_free(f);
}

/* A flush for the dirty pages of one table, and pages of the next one after it: each reference is given back. */
KTEST(dirty, zap_across_tables)
{
	unsigned int nr = 4 * MMU_GATHER_BUNDLE;
	unsigned long addr = ADDR + PMD_SIZE - nr / 2 * PAGE_SIZE;
	struct mm_struct *many = mm_alloc("many");
	struct address_space *f = mapping_alloc(nr, PAGE_SHIFT);

	KASSERT(t, many && f && !mm_mmap(many, addr, nr * PAGE_SIZE, VM_WRITE, f, 0));
	for (unsigned int i = 0; i < nr; i++)
		KEXPECT_EQ(t, fault_in(many, addr + i * PAGE_SIZE, true), 0);
	KEXPECT_EQ(t, mm_munmap(many, addr, nr * PAGE_SIZE), 0);
	for (unsigned int i = 0; i < nr; i++) {
		page = mapping_get_page(f, i);
		KEXPECT(t, page_dirty(page) && !page_mapped(page));
		KEXPECT_EQ(t, page_ref_count(page), 2);
		put_page(page);
	}
	mm_free(many);
	mapping_free(f);
}

/* A page that is mapped twice is dirty by a store through either. */
static void expect_dirty_of(struct ktest *t, unsigned long written, unsigned long read)
{
	KEXPECT_EQ(t, fault_in(mm, read, false), 0);
	KEXPECT_EQ(t, fault_in(mm, written, true), 0);
	KEXPECT_EQ(t, put_user_u64(1, written), 0);
	KEXPECT(t, clear_page_dirty_for_io(page));
	KEXPECT(t, !clear_page_dirty_for_io(page));
}

KTEST(dirty, of_any_mapping)
{
	KASSERT(t, map(false));
	KASSERT(t, !mm_mmap(mm, ADDR + PMD_SIZE, PAGE_SIZE, VM_WRITE | VM_MAYSHARE, file, 0));
	expect_dirty_of(t, ADDR, ADDR + PMD_SIZE);
	expect_dirty_of(t, ADDR + PMD_SIZE, ADDR);
	unmap();
}
