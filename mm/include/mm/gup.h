/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_GUP_H
#define MM_GUP_H

#include <mm/mm_types.h>

/*
 * GUP-fast: page references without a lock. The walk runs with interrupts off, takes
 * one snapshot by value of each level, descends from the snapshot, grabs the page, and
 * only then re-checks that the PMD and the PTE are still what they were:
 *
 *	walker				collapse
 *	pmd = pmdp_get_lockless()
 *	pte = ptep_get_lockless()
 *					pmdp_collapse_flush(): clear PMD, flush
 *					pt_sync_wait()
 *	try_grab_folio_fast()	[RMW]
 *	re-check pmd, pte		page_ref_count() as expected?
 *
 * The grab is a full barrier before the re-check; the clear and flush are one before the
 * count is read. So either the walker sees the entry gone, or the collapse sees the
 * reference. No level above the PMD is re-checked: for what is withdrawn there, only the
 * wait protects.
 *
 * Source: Linux mm/gup.c gup_fast() and below.
 */
#define FOLL_WRITE	      BIT(0)
#define FOLL_GET	      BIT(2)
#define FOLL_PIN	      BIT(19)

#define GUP_PIN_COUNTING_BIAS 1024

/**
 * gup_fast_only - reference pages of current->mm without locks, without sleeping
 * @start: first address, page-aligned
 * @nr: pages wanted
 * @flags: FOLL_GET or FOLL_PIN, and FOLL_WRITE
 * @pages: filled with what was found
 *
 * Stops at the first page that it cannot have.
 *
 * Context: any in which current->mm is loaded. IRQs may be on; they are off during the walk.
 * Return: number of pages referenced, 0 … @nr.
 * Source: Linux get_user_pages_fast_only().
 */
unsigned int gup_fast_only(unsigned long start, unsigned int nr, unsigned int flags,
			   struct page **pages);

/**
 * gup_fast_or_fault - the same, faulting in under mmap_lock what the walk did not find
 *
 * Context: may sleep. Return: number of pages; if not even one, -EFAULT, -ENOMEM, or -EAGAIN:
 * the page was taken away again each of eight times it was faulted in.
 * Unlike Linux's gup_fast_fallback(), it faults only if the walk found not even the first page.
 */
int gup_fast_or_fault(unsigned long start, unsigned int nr, unsigned int flags,
		      struct page **pages);

/* Give back what gup_fast_only() or gup_fast_or_fault() took, with the same flags. */
void gup_put_pages(struct page **pages, unsigned int nr, unsigned int flags);

#endif
