/* SPDX-License-Identifier: GPL-2.0 */
/* mmu_gather. The order that everything here serves stands in <mm/tlb.h>. */
#include <kernel/errno.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/string.h>
#include <mm/busted.h>
#include <mm/tlb.h>
#include <mm/rmap.h>

DEFINE_BUSTED(gather_nomem_no_flush,
	      "mmu_gather without memory frees a table before it flushes (0ed1325967ab)");
DEFINE_BUSTED(gather_no_nested, "mmu_gather does not look whether another one is in flight");
DEFINE_BUSTED(unshare_skip_lazy, "an unshare leaves lazy CPUs alone, whatever unshare= says");

bool tlb_unshare_wakes_lazy __read_mostly;

static int set_unshare(const char *value)
{
	if (strcmp(value, "skip-lazy") && strcmp(value, "wake-lazy"))
		return -EINVAL;
	tlb_unshare_wakes_lazy = !strcmp(value, "wake-lazy");
	return 0;
}
PARAM(unshare,
      "the flush of an unshare: skip-lazy, leaves lazy CPUs alone (Linux 7.3, default), or wake-lazy",
      set_unshare);

static void __tlb_reset_range(struct mmu_gather *tlb)
{
	tlb->start = TASK_SIZE;
	tlb->end = 0;
	tlb->freed_tables = false;
	tlb->cleared_ptes = false;
	tlb->cleared_pmds = false;
	tlb->cleared_puds = false;
	tlb->cleared_p4ds = false;
	tlb->unshared_tables = false;
	/* fully_unshared_tables stays until tlb_flush_unshared_tables() */
}

static void __tlb_adjust_range(struct mmu_gather *tlb, unsigned long addr, unsigned long size)
{
	tlb->start = min(tlb->start, addr);
	tlb->end = max(tlb->end, addr + size);
}

void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm)
{
	tlb->mm = mm;
	tlb->batch = NULL;
	tlb->fullmm = false;
	tlb->need_flush_all = false;
	tlb->fully_unshared_tables = false;
	tlb->delayed_rmap = false;
	INIT_LIST_HEAD(&tlb->unshared);
	tlb->unshared_receipt = FLUSH_RECEIPT_NONE;
	tlb->batch_count = 0;
	tlb->local.next = NULL;
	tlb->local.nr = 0;
	tlb->local.max = MMU_GATHER_BUNDLE;
	tlb->active = &tlb->local;
	__tlb_reset_range(tlb);
	/*
	 * Another gather on this mm may have cleared entries that it has not flushed yet;
	 * tlb_finish_mmu() looks. Source: Linux inc_tlb_flush_pending().
	 */
	atomic_inc(&mm->tlb_flush_pending);
}

/* The lowest level at which something was cleared decides the stride. */
static unsigned int tlb_get_unmap_shift(const struct mmu_gather *tlb)
{
	if (tlb->cleared_ptes)
		return PAGE_SHIFT;
	if (tlb->cleared_pmds)
		return PMD_SHIFT;
	if (tlb->cleared_puds)
		return PUD_SHIFT;
	if (tlb->cleared_p4ds)
		return PGDIR_SHIFT;
	return PAGE_SHIFT;
}

/*
 * After a flush: which of the tables that were unshared may still have walkers inside?
 * The table itself remembers, because the last mm to unshare it must know it of all.
 */
static void settle_unshared(struct mmu_gather *tlb, const struct flush_receipt *r)
{
	struct ptdesc *pt;

	if (list_empty(&tlb->unshared))
		return;
	tlb->unshared_receipt = *r;
	if (pt_receipt_covers(&tlb->unshared_debt, r))
		return;
	list_for_each_entry (pt, &tlb->unshared, pt_list)
		pt_owe(&tlb->unshared_debt, pt);
}

/*
 * Must CPUs that hold the mm lazily drop it? When a table goes that their paging-structure
 * caches may lead to. A table that is unshared does not go, it becomes another mm's alone:
 * Linux 7.3 leaves lazy CPUs be then, the upstream series (v3-v10) does not.
 */
static bool must_wake_lazy(const struct mmu_gather *tlb)
{
	return tlb->freed_tables ||
	       (tlb->unshared_tables && tlb_unshare_wakes_lazy && !busted(unshare_skip_lazy));
}

struct flush_receipt tlb_flush_mmu_tlbonly(struct mmu_gather *tlb)
{
	unsigned long start = tlb->start, end = tlb->end;
	struct flush_receipt r;

	if (!(tlb->freed_tables || tlb->cleared_ptes || tlb->cleared_pmds || tlb->cleared_puds ||
	      tlb->cleared_p4ds || tlb->unshared_tables))
		return FLUSH_RECEIPT_NONE;
	if (tlb->fullmm || tlb->need_flush_all) {
		start = 0;
		end = TLB_FLUSH_ALL;
	}
	r = flush_tlb_mm_range(tlb->mm, start, end, tlb_get_unmap_shift(tlb), must_wake_lazy(tlb));
	settle_unshared(tlb, &r);
	__tlb_reset_range(tlb);
	return r;
}

static void tlb_remove_table_rcu(struct rcu_head *head)
{
	struct mmu_table_batch *batch = container_of(head, struct mmu_table_batch, rcu);

	for (unsigned int i = 0; i < batch->nr; i++)
		pagetable_free(batch->tables[i]);
	free_page(batch);
}

/* The tables go to the policy's deferral, after a flush. */
static void tlb_table_flush(struct mmu_gather *tlb)
{
	if (!tlb->batch)
		return;
	tlb_flush_mmu_tlbonly(tlb);
	pt_sync_policy()->defer(&tlb->batch->rcu, tlb_remove_table_rcu);
	tlb->batch = NULL;
}

void tlb_remove_table_one(struct ptdesc *pt)
{
	/* Linux, CONFIG_PT_RECLAIM: the rcu_head in the ptdesc itself, so nothing to allocate. */
	pt_sync_policy()->defer(&pt->pt_rcu_head, pagetable_free_rcu);
}

static void tlb_remove_table(struct mmu_gather *tlb, struct ptdesc *pt)
{
	BUILD_BUG_ON(MAX_TABLE_BATCH != 509);
	if (!tlb->batch) {
		tlb->batch = get_zeroed_page(GFP_NOWAIT);
		if (!tlb->batch) {
			/* tlb_table_invalidate(): flush first, whatever frees how. */
			if (!busted(gather_nomem_no_flush))
				tlb_flush_mmu_tlbonly(tlb);
			tlb_remove_table_one(pt);
			return;
		}
	}
	tlb->batch->tables[tlb->batch->nr++] = pt;
	if (tlb->batch->nr == MAX_TABLE_BATCH)
		tlb_table_flush(tlb);
}

static struct encoded_page *encode_page(struct page *page, unsigned long flags)
{
	return (struct encoded_page *)((unsigned long)page | flags);
}

static bool encoded_page_delayed(const struct encoded_page *page)
{
	return (unsigned long)page & ENCODED_PAGE_BIT_DELAY_RMAP;
}

static struct page *encoded_page_ptr(const struct encoded_page *page)
{
	return (struct page *)((unsigned long)page & ~ENCODED_PAGE_BIT_DELAY_RMAP);
}

void tlb_flush_rmaps(struct mmu_gather *tlb)
{
	if (!tlb->delayed_rmap)
		return;
	for (struct mmu_gather_batch *b = &tlb->local; b && b->nr; b = b->next) {
		for (unsigned int i = 0; i < b->nr; i++) {
			struct page *page = encoded_page_ptr(b->encoded_pages[i]);

			if (!encoded_page_delayed(b->encoded_pages[i]))
				continue;
			page_remove_rmap(page);
			b->encoded_pages[i] = encode_page(page, 0);
		}
	}
	tlb->delayed_rmap = false;
}

static void tlb_batch_pages_flush(struct mmu_gather *tlb)
{
	for (struct mmu_gather_batch *b = &tlb->local; b && b->nr; b = b->next) {
		for (unsigned int i = 0; i < b->nr; i++)
			put_page(encoded_page_ptr(b->encoded_pages[i]));
		b->nr = 0;
	}
	tlb->active = &tlb->local;
}

void tlb_flush_mmu(struct mmu_gather *tlb)
{
	busted_hook(gather_free_before_flush, tlb, tlb_batch_pages_flush);
	tlb_flush_mmu_tlbonly(tlb);
	tlb_flush_rmaps(tlb);
	tlb_table_flush(tlb);
	tlb_batch_pages_flush(tlb);
}

static bool tlb_next_batch(struct mmu_gather *tlb)
{
	struct mmu_gather_batch *b = tlb->active->next;

	BUILD_BUG_ON(MAX_GATHER_BATCH != 510 || MAX_GATHER_BATCH_COUNT != 19);
	if (!b) {
		if (tlb->batch_count == MAX_GATHER_BATCH_COUNT)
			return false;
		b = get_zeroed_page(GFP_NOWAIT);
		if (!b)
			return false;
		b->max = MAX_GATHER_BATCH;
		tlb->batch_count++;
		tlb->active->next = b;
	}
	tlb->active = b;
	return true;
}

bool __tlb_remove_page(struct mmu_gather *tlb, struct page *page, bool delay_rmap)
{
	struct mmu_gather_batch *b = tlb->active;

	VM_BUG_ON(b->nr == b->max);
	b->encoded_pages[b->nr++] = encode_page(page, delay_rmap ? ENCODED_PAGE_BIT_DELAY_RMAP : 0);
	tlb->delayed_rmap |= delay_rmap;
	return b->nr == b->max && !tlb_next_batch(tlb);
}

void tlb_remove_page(struct mmu_gather *tlb, struct page *page)
{
	if (__tlb_remove_page(tlb, page, false))
		tlb_flush_mmu(tlb);
}

void tlb_flush_pte_range(struct mmu_gather *tlb, unsigned long addr, unsigned long size)
{
	__tlb_adjust_range(tlb, addr, size);
	tlb->cleared_ptes = true;
}

void tlb_flush_pmd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long size)
{
	__tlb_adjust_range(tlb, addr, size);
	tlb->cleared_pmds = true;
}

void pte_free_tlb(struct mmu_gather *tlb, struct ptdesc *pt, unsigned long addr)
{
	pt_withdraw(tlb->mm, pt, addr);
	tlb_flush_pmd_range(tlb, addr, PAGE_SIZE);
	tlb->freed_tables = true;
	tlb_remove_table(tlb, pt);
}

void pmd_free_tlb(struct mmu_gather *tlb, struct ptdesc *pt, unsigned long addr)
{
	pt_withdraw(tlb->mm, pt, addr);
	__tlb_adjust_range(tlb, addr, PAGE_SIZE);
	tlb->cleared_puds = true;
	tlb->freed_tables = true;
	tlb_remove_table(tlb, pt);
}

void pud_free_tlb(struct mmu_gather *tlb, struct ptdesc *pt, unsigned long addr)
{
	pt_withdraw(tlb->mm, pt, addr);
	__tlb_adjust_range(tlb, addr, PAGE_SIZE);
	tlb->cleared_p4ds = true;
	tlb->freed_tables = true;
	tlb_remove_table(tlb, pt);
}

void tlb_unshare_pmd_ptdesc(struct mmu_gather *tlb, struct ptdesc *pt, unsigned long addr)
{
	VM_BUG_ON(!ptdesc_pmd_is_shared(pt));
	ptdesc_pmd_pts_dec(pt);
	tlb->unshared_debt = pt_withdraw(tlb->mm, pt, addr & PUD_MASK);
	/* One mm can map a file twice, and so unshare one table twice in one gather. */
	if (list_empty(&pt->pt_list))
		list_add(&pt->pt_list, &tlb->unshared);
	tlb_flush_pmd_range(tlb, addr & PUD_MASK, PUD_SIZE);
	tlb->unshared_tables = true;
	if (!ptdesc_pmd_is_shared(pt))
		tlb->fully_unshared_tables = true;
}

void tlb_flush_unshared_tables(struct mmu_gather *tlb)
{
	struct cpumask owed = {0};
	struct pt_withdrawal w;
	struct ptdesc *pt, *n;

	if (tlb->unshared_tables)
		tlb_flush_mmu_tlbonly(tlb);
	if (list_empty(&tlb->unshared))
		return;

	/* One wait for the whole batch: it covers what the worst of its tables needs. */
	w = tlb->unshared_debt;
	list_for_each_entry (pt, &tlb->unshared, pt_list) {
		if (ptdesc_pmd_is_shared(pt))
			continue;
		w.pt = pt;
		if (pt->pt_owed) {
			cpumask_or(&owed, &owed, pt->pt_owed);
			w.owed = &owed;
		}
	}
	if (tlb->fully_unshared_tables)
		pt_sync_wait(&w, tlb->unshared_receipt);
	list_for_each_entry_safe (pt, n, &tlb->unshared, pt_list) {
		list_del_init(&pt->pt_list);
		if (!ptdesc_pmd_is_shared(pt))
			pt_owed_settle(pt);
	}
	tlb->fully_unshared_tables = false;
}

void tlb_finish_mmu(struct mmu_gather *tlb)
{
	struct mmu_gather_batch *b, *next;

	VM_BUG_ON(tlb->fully_unshared_tables || !list_empty(&tlb->unshared));
	/*
	 * Another gather in flight may have cleared entries in our range: we saw "none" and
	 * did not flush, it has not flushed yet, but our caller may go on as if nothing were
	 * cached. So flush everything, lazy CPUs too. Linux: mm_tlb_flush_nested().
	 */
	if (atomic_read(&tlb->mm->tlb_flush_pending) > 1 && !busted(gather_no_nested)) {
		tlb->fullmm = true;
		__tlb_reset_range(tlb);
		tlb->freed_tables = true;
	}
	tlb_flush_mmu(tlb);
	for (b = tlb->local.next; b; b = next) {
		next = b->next;
		free_page(b);
	}
	atomic_dec(&tlb->mm->tlb_flush_pending);
}
