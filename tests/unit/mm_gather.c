/* SPDX-License-Identifier: GPL-2.0 */
/* mmu_gather: ranges, strides, batches, and what a flush passes on. */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <mm/mm.h>
#include <mm/tlb.h>

#define ADDR 0x40000000UL

static u64 flushes(void)
{
	return current->acct.flushes;
}

/* Free pages, once what earlier tests have given to RCU is back. */
static unsigned long settled_free_pages(void)
{
	rcu_barrier();
	return nr_free_pages();
}

KTEST(gather, nothing_gathered_no_flush)
{
	struct mm_struct *mm = mm_alloc("gather");
	struct mmu_gather tlb;
	u64 before = flushes();

	KASSERT(t, mm);
	tlb_gather_mmu(&tlb, mm);
	KEXPECT_EQ(t, tlb_flush_mmu_tlbonly(&tlb).ctx_id, 0);
	tlb_finish_mmu(&tlb);
	KEXPECT_EQ(t, flushes() - before, 0);
	mm_free(mm);
}

KTEST(gather, range_is_the_union)
{
	struct mm_struct *mm = mm_alloc("gather");
	struct mmu_gather tlb;

	KASSERT(t, mm);
	tlb_gather_mmu(&tlb, mm);
	tlb_remove_tlb_entry(&tlb, ADDR + 5 * PAGE_SIZE);
	tlb_remove_tlb_entry(&tlb, ADDR + 2 * PAGE_SIZE);
	KEXPECT_EQ(t, tlb.start, ADDR + 2 * PAGE_SIZE);
	KEXPECT_EQ(t, tlb.end, ADDR + 6 * PAGE_SIZE);
	KEXPECT(t, tlb.cleared_ptes && !tlb.cleared_pmds && !tlb.freed_tables);
	tlb_flush_mmu_tlbonly(&tlb);
	KEXPECT(t, !tlb.cleared_ptes && tlb.end == 0);
	tlb_finish_mmu(&tlb);
	mm_free(mm);
}

KTEST(gather, unshare_sets_its_own_bits)
{
	struct mm_struct *mm = mm_alloc("gather");
	struct mmu_gather tlb;
	struct ptdesc *pt;

	KASSERT(t, mm);
	pt = pagetable_alloc(mm, PT_LEVEL_PMD);
	KASSERT(t, pt);
	ptdesc_pmd_pts_inc(pt);
	ptdesc_pmd_pts_inc(pt);
	tlb_gather_mmu(&tlb, mm);
	tlb_unshare_pmd_ptdesc(&tlb, pt, ADDR + PMD_SIZE);
	KEXPECT(t, tlb.unshared_tables && tlb.cleared_pmds);
	KEXPECT(t, !tlb.freed_tables && !tlb.fully_unshared_tables);
	KEXPECT_EQ(t, tlb.start, ADDR & PUD_MASK);
	KEXPECT_EQ(t, tlb.end, (ADDR & PUD_MASK) + PUD_SIZE);
	tlb_unshare_pmd_ptdesc(&tlb, pt, ADDR);
	KEXPECT(t, tlb.fully_unshared_tables);
	tlb_flush_mmu_tlbonly(&tlb);
	/* A flush resets the one, but not the debt of a sync. */
	KEXPECT(t, !tlb.unshared_tables && tlb.fully_unshared_tables);
	tlb_flush_unshared_tables(&tlb);
	KEXPECT(t, !tlb.fully_unshared_tables && list_empty(&pt->pt_list));
	tlb_finish_mmu(&tlb);
	pagetable_free(pt);
	mm_free(mm);
}

/* A batch that is full flushes by itself: 8 pages on the stack, then 510 a page. */
KTEST(gather, pages_freed_after_flush)
{
	unsigned long free = settled_free_pages();
	struct mm_struct *mm = mm_alloc("gather");

	KASSERT(t, mm);
	KASSERT(t, !mm_mmap(mm, ADDR, 1024 * PAGE_SIZE, VM_WRITE, NULL, 0));
	for (unsigned long i = 0; i < 1024; i++)
		KASSERT(t, !fault_in(mm, ADDR + i * PAGE_SIZE, true));
	KEXPECT_EQ(t, mm_munmap(mm, ADDR, 1024 * PAGE_SIZE), 0);
	mm_free(mm);
	rcu_barrier();
	KEXPECT_EQ(t, nr_free_pages(), free);
}

/* Without memory for a table batch each table is freed by its own rcu_head; none is lost. */
KTEST(gather, no_memory_for_batches)
{
	unsigned long free = settled_free_pages();
	struct mm_struct *mm = mm_alloc("gather");
	u64 before = fail_page_alloc_count();
	u32 old;

	KASSERT(t, mm);
	KASSERT(t, !mm_mmap(mm, ADDR, 64 * PMD_SIZE, VM_WRITE, NULL, 0));
	for (unsigned long i = 0; i < 64; i++)
		KASSERT(t, !fault_in(mm, ADDR + i * PMD_SIZE, true));
	old = fail_page_alloc_set(1);
	KEXPECT_EQ(t, mm_munmap(mm, ADDR, 64 * PMD_SIZE), 0);
	fail_page_alloc_set(old);
	KEXPECT_GE(t, fail_page_alloc_count() - before, 64);
	mm_free(mm);
	rcu_barrier();
	KEXPECT_EQ(t, nr_free_pages(), free);
}

/* What a gather holds when it has no more room is flushed before it is handed on. */
KTEST(gather, full_batch_of_tables_is_flushed)
{
	struct mm_struct *mm = mm_alloc("gather");
	struct mmu_gather tlb;
	u64 before = flushes();

	KASSERT(t, mm);
	tlb_gather_mmu(&tlb, mm);
	for (unsigned int i = 0; i < MAX_TABLE_BATCH; i++) {
		struct ptdesc *pt = pagetable_alloc(mm, PT_LEVEL_PTE);

		KASSERT(t, pt);
		KASSERT(t, flushes() == before);
		pte_free_tlb(&tlb, pt, ADDR + i * PMD_SIZE);
	}
	KEXPECT_EQ(t, flushes() - before, 1);
	KEXPECT(t, !tlb.batch && !tlb.freed_tables);
	tlb_finish_mmu(&tlb);
	KEXPECT_EQ(t, flushes() - before, 1);
	mm_free(mm);
}

KTEST(gather, full_batch_of_pages_is_flushed)
{
	struct page *pages[MMU_GATHER_BUNDLE];
	struct mm_struct *mm = mm_alloc("gather");
	struct mmu_gather tlb;
	u64 before = flushes();
	u32 old;

	KASSERT(t, mm);
	for (unsigned int i = 0; i < MMU_GATHER_BUNDLE; i++) {
		pages[i] = alloc_pages(GFP_KERNEL, 0, PAGE_ANON);
		KASSERT(t, pages[i]);
		get_page(pages[i]);
	}
	tlb_gather_mmu(&tlb, mm);
	old = fail_page_alloc_set(1); /* no second batch */
	for (unsigned int i = 0; i < MMU_GATHER_BUNDLE; i++) {
		KEXPECT_EQ(t, flushes() - before, 0);
		KEXPECT_EQ(t, page_ref_count(pages[0]), 2);
		tlb_remove_tlb_entry(&tlb, ADDR + i * PAGE_SIZE);
		tlb_remove_page(&tlb, pages[i]);
	}
	fail_page_alloc_set(old);
	KEXPECT_EQ(t, flushes() - before, 1);
	KEXPECT_EQ(t, page_ref_count(pages[0]), 1);
	tlb_finish_mmu(&tlb);
	KEXPECT_EQ(t, flushes() - before, 1);
	for (unsigned int i = 0; i < MMU_GATHER_BUNDLE; i++)
		put_page(pages[i]);
	mm_free(mm);
}

/* While another gather is in flight on the mm, finishing means: flush all, everywhere. */
KTEST(gather, nested_flushes_everything)
{
	struct mm_struct *mm = mm_alloc("gather");
	struct mmu_gather outer, inner;
	u64 before = flushes();

	KASSERT(t, mm);
	tlb_gather_mmu(&outer, mm);
	tlb_gather_mmu(&inner, mm);
	tlb_finish_mmu(&inner);
	KEXPECT_EQ(t, flushes() - before, 1);
	KEXPECT(t, inner.fullmm);
	tlb_finish_mmu(&outer);
	KEXPECT_EQ(t, flushes() - before, 1);
	mm_free(mm);
}
