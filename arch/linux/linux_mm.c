/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the scenarios do, by Linux's functions. Of an operation that is not called whole, its middle
 * is here: the calls that matter, in Linux's order.
 */
#include "linux.h"
#include <linux/hugetlb.h>
#include <linux/mmu_context.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>
#include <asm/pgalloc.h>
#include <asm/tlb.h>
#include <asm/tlbflush.h>
#include <mm/internal.h>

pmd_t *linux_pmd;
static void *the_table;
struct page *linux_page;

/* An anonymous page. */
static struct page *new_page(void)
{
	struct page *page = virt_to_page(linux_frame());

	atomic_set(&page->_mapcount, 0);
	page->mapping = (void *)((unsigned long)&linux_anon_vma | FOLIO_MAPPING_ANON);
	folio_set_lru(page_folio(page));
	folio_set_swapbacked(page_folio(page));
	folio_mark_uptodate(page_folio(page));
	return page;
}

static void map_page(unsigned long addr, struct page *page)
{
	set_pte(pte_offset_kernel(linux_pmd, addr), pfn_pte(page_to_pfn(page), PAGE_SHARED));
}

/* One anonymous page and the tables that lead to it. */
void linux_map(unsigned long addr)
{
	p4d_t *p4d = p4d_offset(pgd_offset(linux_mm, addr), addr);

	set_p4d(p4d, __p4d(_PAGE_TABLE | __pa(linux_frame())));
	set_pud(pud_offset(p4d, addr), __pud(_PAGE_TABLE | __pa(linux_frame())));
	linux_pmd = pmd_offset(pud_offset(p4d, addr), addr);
	the_table = linux_frame();
	linux_pte_ctor(linux_mm, the_table);
	set_pmd(linux_pmd, __pmd(_PAGE_TABLE | __pa(the_table)));
	linux_page = new_page();
	linux_huge_init();
	map_page(addr, linux_page);
}

/* One more page by the same table. */
void linux_map_more(unsigned long addr)
{
	map_page(addr, new_page());
}

/* get_user_pages_fast_only() of one page, which is put back at once. */
int linux_gup(unsigned long addr)
{
	struct page *page = NULL;
	int n;

	model_walk(linux_mm->context.ctx_id, addr, 1);
	n = get_user_pages_fast_only(addr, 1, 0, &page);
	model_walk(0, 0, 0);
	if (n != 1)
		return n;
	n = page == linux_page || page_folio(page) == page_folio(linux_huge) ? 1 : -1;
	put_page(page);
	return n;
}

/* The same, and the page is kept. The oracle walks is not told. */
bool linux_hold(unsigned long addr)
{
	struct page *page = NULL;

	return get_user_pages_fast_only(addr, 1, 0, &page) == 1 && page == linux_page;
}

bool linux_page_freed(void)
{
	return !READ_ONCE(linux_page->mapping);
}

int linux_page_refs(void)
{
	return page_count(linux_page);
}

/* As linked, callers in other files than their own come here (linux.mk). */
extern void real_tlb_remove_table_sync_one(void);
void tlb_remove_table_sync_one(void)
{
	if (model_sync())
		real_tlb_remove_table_sync_one();
	model_sync_end();
}

/* Of v4 of the series "skip redundant TLB sync IPIs"; no tree has it. */
extern void real_tlb_remove_table_sync_mm(struct mm_struct *mm);
void tlb_remove_table_sync_mm(struct mm_struct *mm);
void tlb_remove_table_sync_mm(struct mm_struct *mm)
{
	if (model_sync())
		real_tlb_remove_table_sync_mm(mm);
}

extern void real_pgtable_trans_huge_deposit(struct mm_struct *mm, pmd_t *pmdp, pgtable_t pgtable);
void pgtable_trans_huge_deposit(struct mm_struct *mm, pmd_t *pmdp, pgtable_t pgtable)
{
	model_deposit(page_address(pgtable), pmdp);
	real_pgtable_trans_huge_deposit(mm, pmdp, pgtable);
}

/* The middle of collapse_huge_page(), and then the table goes to another owner. */
void linux_collapse(unsigned long addr)
{
	pmdp_collapse_flush(&linux_vma, addr & HPAGE_PMD_MASK, linux_pmd);
	tlb_remove_table_sync_one();
	model_free(the_table);
}

#if BEFORE_7
static void zap(struct mmu_gather *tlb, unsigned long addr)
{
	unmap_page_range(tlb, &linux_vma, addr, addr + PAGE_SIZE, NULL);
}

void linux_move(unsigned long from, unsigned long to, unsigned long len)
{
#if BEFORE_6_12
	move_page_tables(&linux_vma, from, &linux_vma, to, len, false);
#else
	move_page_tables(&linux_vma, from, &linux_vma, to, len, false, false);
#endif
}
#else
static void zap(struct mmu_gather *tlb, unsigned long addr)
{
	zap_vma_range_batched(tlb, &linux_vma, addr, PAGE_SIZE, NULL);
}

/* The middle of mremap(); the VMA covers both places. */
void linux_move(unsigned long from, unsigned long to, unsigned long len)
{
	PAGETABLE_MOVE(pmc, &linux_vma, &linux_vma, from, to, len);

	move_page_tables(&pmc);
}
#endif

/* The middle of munmap(): the page, and the PTE table if @tables, by one gather. */
void linux_unmap(unsigned long addr, bool tables)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, linux_mm);
	zap(&tlb, addr);
	if (tables)
		free_pgd_range(&tlb, addr, addr + PAGE_SIZE, addr & PMD_MASK,
			       (addr & PMD_MASK) + PMD_SIZE);
	tlb_finish_mmu(&tlb);
}

/* What truncation and reclaim do: they find the page by its rmap, and do not have the mmap lock. */
void linux_truncate(unsigned long addr)
{
	anon_vma_lock_read(linux_vma.anon_vma);
	linux_unmap(addr, false);
	anon_vma_unlock_read(linux_vma.anon_vma);
}

/* madvise(MADV_DONTNEED) of all that the PTE table serves; the table itself goes, too. */
#if BEFORE_7
void linux_reclaim(unsigned long addr)
{
	linux_unmap(addr, false);
}
#else
void linux_reclaim(unsigned long addr)
{
	struct zap_details details = {.reclaim_pt = true};
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, linux_mm);
	zap_vma_range_batched(&tlb, &linux_vma, addr & PMD_MASK, PMD_SIZE, &details);
	tlb_finish_mmu(&tlb);
}
#endif

static struct page *fresh;

void linux_fresh_page(void)
{
	fresh = new_page();
}

/* The end of a page fault: the entry for the page that has been allocated. */
void linux_fault(unsigned long addr)
{
	spinlock_t *ptl;
	pte_t *pte = pte_offset_map_lock(linux_mm, linux_pmd, addr, &ptl);

	if (!pte)
		return;
	if (pte_none(ptep_get(pte)))
		set_pte(pte, pfn_pte(page_to_pfn(fresh), PAGE_SHARED));
	pte_unmap_unlock(pte, ptl);
}

void linux_flush(unsigned long addr)
{
	flush_tlb_mm_range(linux_mm, addr, addr + PAGE_SIZE, PAGE_SHIFT, false);
}

/* A planted omission: no flush. */
void linux_unmap_unflushed(unsigned long addr)
{
	ptep_get_and_clear(linux_mm, addr, (pte_t *)the_table + pte_index(addr));
	model_free(page_address(linux_page));
}

/* context_switch(): to a kernel thread, and back to the thread of the mm. */
void linux_lazy(void)
{
	local_irq_disable();
	enter_lazy_tlb(linux_mm, current);
	local_irq_enable();
}

void linux_lazy_back(void)
{
	local_irq_disable();
	switch_mm_irqs_off(linux_mm, linux_mm, current);
	local_irq_enable();
}

/* And by way of another mm. */
void linux_away(void)
{
	local_irq_disable();
	switch_mm_irqs_off(linux_mm, &init_mm, current);
	local_irq_enable();
}

void linux_back(void)
{
	local_irq_disable();
	switch_mm_irqs_off(&init_mm, linux_mm, current);
	local_irq_enable();
}
