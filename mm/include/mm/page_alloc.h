/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_PAGE_ALLOC_H
#define MM_PAGE_ALLOC_H

#include <kernel/bug.h>
#include <kernel/shared.h>
#include <mm/mm_types.h>

/*
 * Frames, in blocks of 2^order (binary buddies), order 0 … MAX_PAGE_ORDER.
 *
 * Allocation may fail, and can be made to: every allocation with GFP_NOWAIT or
 * GFP_KERNEL asks should_fail_alloc() first. GFP_NOFAIL panics instead.
 */
#define MAX_PAGE_ORDER 9

typedef enum { GFP_KERNEL, GFP_NOWAIT, GFP_NOFAIL } gfp_t;

extern struct page *mem_map;
extern unsigned long max_pfn;

static inline struct page *pfn_to_page(unsigned long pfn)
{
	return mem_map + pfn;
}

static inline unsigned long page_to_pfn(const struct page *page)
{
	return (unsigned long)(page - mem_map);
}

static inline bool pfn_valid(unsigned long pfn)
{
	return pfn < max_pfn;
}

static inline void *page_address(const struct page *page)
{
	return __va(PFN_PHYS(page_to_pfn(page)));
}

static inline struct page *virt_to_page(const void *va)
{
	return pfn_to_page(PFN_DOWN(__pa(va)));
}

/*
 * First page of the block; racy against freeing, like Linux's without a reference. If the
 * page stops being a tail between the two reads, what it was as one still leads to a page.
 */
static inline struct page *compound_head(struct page *page)
{
	/* ->type, then ->tail: x86 keeps loads in order. Pairs with mark_block(). */
	return READ_ONCE(page->type) == PAGE_TAIL ? page - READ_ONCE(page->tail) : page;
}

/**
 * alloc_pages - a block of 2^@order frames, reference count 1, contents undefined
 *
 * Context: any but NMI. Return: its first page, or NULL.
 */
struct page *alloc_pages(gfp_t gfp, unsigned int order, enum page_type type);

/* Give back a block whose reference count has reached 0 (asserted). */
void free_frozen_page(struct page *page);

static inline int page_ref_count(const struct page *page)
{
	return atomic_read(&page->_refcount);
}

static inline void get_page(struct page *page)
{
	VM_BUG_ON(page_ref_count(page) <= 0);
	atomic_inc(&page->_refcount);
}

/* Drop @refs references; the last one frees. */
static inline void put_page_refs(struct page *page, int refs)
{
	if (shared_rmw(SITE_REF, &page->_refcount, atomic_sub_and_test(refs, PTR)))
		free_frozen_page(page);
}

static inline void put_page(struct page *page)
{
	put_page_refs(page, 1);
}

/* alloc_pages() of one zeroed frame, as memory. */
void *get_zeroed_page(gfp_t gfp);
void free_page(void *va);

/* Blocks that this CPU has for itself; NULL, false: none, as on a real machine. */
struct page *page_take_own(unsigned int order);
bool page_give_own(struct page *page, unsigned int order);

unsigned long nr_free_pages(void);

/*
 * Injected failure: on average one in @interval allocations made with anything but
 * GFP_NOFAIL fails (0: none), drawn from the run's seed. Returns the old interval.
 */
u32 fail_page_alloc_set(u32 interval);
u64 fail_page_alloc_count(void);

/*
 * The @n-th allocation from now on that may fail does so, counted from 1; 0: none. Returns how many of the last such
 * count were still to come: 0, it has failed. For tests during which no other CPU allocates.
 * Source: Linux fail-nth, Documentation/fault-injection.
 */
u32 fail_page_alloc_nth(u32 n);

#endif
