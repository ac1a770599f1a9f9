/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include <mm/pt_sync.h>
#include <mm/ptdesc.h>

/*
 * mmu_gather: unmapping many entries with few flushes. The order is the contract:
 *
 *	tlb_gather_mmu()
 *	  clear entries; tlb_remove_tlb_entry(), tlb_remove_page(), pte_free_tlb() …
 *	tlb_finish_mmu()
 *	  1. flush the TLB for the union of the ranges
 *	  2. hand the unhooked tables to RCU
 *	  3. drop the pages
 *
 * Never a table or a page before the flush. When a batch is full, or a table batch
 * cannot be had, the same three steps happen in between.
 *
 * Unsharing a PMD table frees nothing; it takes a table away from one mm that another
 * will reuse. So tlb_flush_unshared_tables() must come before the locks that forbid
 * sharing and reuse (i_mmap_rwsem) are dropped.
 *
 * Source: Linux mm/mmu_gather.c, include/asm-generic/tlb.h.
 */
struct mmu_gather_batch {
	struct mmu_gather_batch *next;
	unsigned int nr, max;
	struct encoded_page *encoded_pages[];
};

/* A page, and in the lowest bit of the pointer whether it is still in the rmap. */
struct encoded_page;
#define ENCODED_PAGE_BIT_DELAY_RMAP 1UL

#define MAX_GATHER_BATCH	    ((PAGE_SIZE - sizeof(struct mmu_gather_batch)) / sizeof(void *))
#define MAX_GATHER_BATCH_COUNT	    (10000UL / MAX_GATHER_BATCH)
#define MMU_GATHER_BUNDLE	    8

struct mmu_table_batch {
	struct rcu_head rcu;
	unsigned int nr;
	struct ptdesc *tables[];
};

#define MAX_TABLE_BATCH ((PAGE_SIZE - sizeof(struct mmu_table_batch)) / sizeof(void *))

struct mmu_gather {
	struct mm_struct *mm;
	struct mmu_table_batch *batch;
	unsigned long start, end;
	bool fullmm, need_flush_all, freed_tables;
	bool cleared_ptes, cleared_pmds, cleared_puds, cleared_p4ds;
	bool unshared_tables, fully_unshared_tables;
	bool delayed_rmap;
	struct list_head unshared; /* tables, until settled; i_mmap_rwsem write */
	struct pt_withdrawal unshared_debt; /* all of them: the newest generation */
	struct flush_receipt unshared_receipt; /* of the flush that followed the newest */
	unsigned int batch_count;
	struct mmu_gather_batch *active;
	union {
		struct mmu_gather_batch local;
		u8 __room[sizeof(struct mmu_gather_batch) + MMU_GATHER_BUNDLE * sizeof(void *)];
	};
};

/* unshare=: must CPUs that hold the mm lazily hear of a table that is only unshared? */
extern bool tlb_unshare_wakes_lazy;

void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm);
void tlb_finish_mmu(struct mmu_gather *tlb);

/* Flush what has been gathered and reset the range; FLUSH_RECEIPT_NONE if nothing was. */
struct flush_receipt tlb_flush_mmu_tlbonly(struct mmu_gather *tlb);
/* That, then free tables and pages. */
void tlb_flush_mmu(struct mmu_gather *tlb);

/* A leaf entry was cleared. */
void tlb_flush_pte_range(struct mmu_gather *tlb, unsigned long addr, unsigned long size);
void tlb_flush_pmd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long size);
#define tlb_remove_tlb_entry(tlb, addr)	    tlb_flush_pte_range(tlb, addr, PAGE_SIZE)
#define tlb_remove_pmd_tlb_entry(tlb, addr) tlb_flush_pmd_range(tlb, addr, PMD_SIZE)

/*
 * Drop the mapping's reference to @page after the flush. Returns true: flush now.
 * @delay_rmap: it is still in the rmap: tlb_flush_rmaps() after the flush
 */
bool __tlb_remove_page(struct mmu_gather *tlb, struct page *page, bool delay_rmap);

/*
 * After a flush: take out of the rmap what was left in it, so that nobody who asks whether a
 * page is mapped hears "no" while a TLB may still lead there (page_mkclean()). Context: still
 * under the ptl. Source: Linux tlb_flush_rmaps().
 */
void tlb_flush_rmaps(struct mmu_gather *tlb);
/* The same, flushing when needed. */
void tlb_remove_page(struct mmu_gather *tlb, struct page *page);

/* A table was unhooked: flush its range, then free it after a grace period. */
void pte_free_tlb(struct mmu_gather *tlb, struct ptdesc *pt, unsigned long addr);
void pmd_free_tlb(struct mmu_gather *tlb, struct ptdesc *pt, unsigned long addr);
void pud_free_tlb(struct mmu_gather *tlb, struct ptdesc *pt, unsigned long addr);

/* Free one table by the policy's deferral, without a batch (pte_free_defer(), ENOMEM path). */
void tlb_remove_table_one(struct ptdesc *pt);

/* Free a PTE table, without a flush, after whatever the policy's deferral is. */
static inline void pte_free_defer(struct mm_struct *mm, struct ptdesc *pte_table)
{
	tlb_remove_table_one(pte_table);
}

/**
 * tlb_unshare_pmd_ptdesc - the PUD entry that led to a shared PMD table was cleared
 *
 * Drops the mm from the share count. Context: i_mmap_rwsem for write.
 */
void tlb_unshare_pmd_ptdesc(struct mmu_gather *tlb, struct ptdesc *pt, unsigned long addr);

/**
 * tlb_flush_unshared_tables - after this the last owner may reuse what was unshared
 *
 * Flushes if anything was unshared; and if some table now has one owner only, one sync
 * for all of them. Context: as tlb_unshare_pmd_ptdesc(), still under the same lock.
 */
void tlb_flush_unshared_tables(struct mmu_gather *tlb);

#endif
