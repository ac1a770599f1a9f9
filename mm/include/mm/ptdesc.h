/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_PTDESC_H
#define MM_PTDESC_H

#include <mm/page_alloc.h>

/* Page-table pages: allocation, locks, and the share count of PMD tables. */

static inline struct ptdesc *virt_to_ptdesc(const void *entry)
{
	return (struct ptdesc *)virt_to_page(entry);
}

static inline void *ptdesc_address(const struct ptdesc *pt)
{
	return page_address((const struct page *)pt);
}

static inline unsigned long ptdesc_pfn(const struct ptdesc *pt)
{
	return page_to_pfn((const struct page *)pt);
}

static inline struct ptdesc *pfn_ptdesc(unsigned long pfn)
{
	return (struct ptdesc *)pfn_to_page(pfn);
}

/* A zeroed table of @level for @mm, or NULL. */
struct ptdesc *pagetable_alloc(struct mm_struct *mm, enum pt_level level);

/*
 * Free a table now: only when no CPU, neither its walker nor its page-table hardware,
 * can still reach it.
 */
void pagetable_free(struct ptdesc *pt);

/* The same as an RCU callback on pt_rcu_head. */
void pagetable_free_rcu(struct rcu_head *head);

/* Lock of the table that holds this entry. */
static inline spinlock_t *ptlock_ptr(const void *entry)
{
	return &virt_to_ptdesc(entry)->ptl;
}

#define pmd_lockptr(pmdp) ptlock_ptr(pmdp)

/* Linux: ptdesc_pmd_pts_inc() and friends. The count is of *additional* mms. */
static inline bool ptdesc_pmd_is_shared(struct ptdesc *pt)
{
	return atomic_read(&pt->pt_share_count) > 0;
}

static inline void ptdesc_pmd_pts_inc(struct ptdesc *pt)
{
	atomic_inc(&pt->pt_share_count);
}

static inline void ptdesc_pmd_pts_dec(struct ptdesc *pt)
{
	atomic_dec(&pt->pt_share_count);
}

/**
 * pgtable_trans_huge_deposit - keep a PTE table for the split of the huge PMD at @pmdp
 *
 * The PMD table keeps one for each huge PMD in it. Which of them belongs to which PMD is
 * not remembered: they are alike.
 *
 * Context: pmd_lockptr(pmdp) held. Source: Linux pgtable_trans_huge_deposit().
 */
void pgtable_trans_huge_deposit(struct mm_struct *mm, pmd_t *pmdp, struct ptdesc *pte_table);

/**
 * pgtable_trans_huge_withdraw - take back a table that was deposited: the newest one
 *
 * So the table that a collapse has just withdrawn from its walkers is the first to be filled
 * by a split or freed by a zap. If several are withdrawn in a row, the second is the oldest
 * one: as in Linux, where the list is a circle and its head moves on.
 *
 * Context: pmd_lockptr(pmdp) held, and at least one is deposited.
 * Source: Linux pgtable_trans_huge_withdraw().
 */
struct ptdesc *pgtable_trans_huge_withdraw(struct mm_struct *mm, pmd_t *pmdp);

#endif
