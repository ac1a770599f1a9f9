/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_WRITEBACK_H
#define MM_WRITEBACK_H

#include <kernel/shared.h>
#include <mm/mm_types.h>
#include <asm/bitops.h>

/*
 * Dirty pages of files (PAGE_FILE). Hardware notes a store in the entry that it went through;
 * the kernel collects that into the page when it takes the entry away or cleans it. The order
 * that makes a page which is clean, and mapped nowhere, one that nobody has stored to since
 * it was written out:
 *
 *	CPU that unmaps				CPU that writes out
 *	lock the ptl				page_mkclean(), if the page is mapped:
 *	take the entry out by XCHG		  lock the ptl, also if the entry is empty
 *	Dirty set: the page is dirty		  take the entry out by XCHG
 *	flush, before the unlock and		  flush
 *	before the page counts as unmapped	  put it back read-only and clean
 *	unlock the ptl				  Dirty was set: the page is dirty
 *						clear the page's flag; it was set: write
 *
 * There is no device: writing is what the caller does with the contents.
 */
static inline bool page_dirty(const struct page *page)
{
	return shared_op(SITE_REF, SYNC_READ, &page->flags, test_bit(PG_dirty, PTR));
}

/* A full barrier. Return: it was clean. */
static inline bool set_page_dirty(struct page *page)
{
	return !shared_rmw(SITE_REF, &page->flags, test_and_set_bit(PG_dirty, PTR));
}

/**
 * clear_page_dirty_for_io - @page is about to be written out
 *
 * What is stored after this makes it dirty again; what was stored before is in the contents.
 *
 * Context: as page_mkclean() (<mm/rmap.h>). Return: it was dirty: write it.
 * Source: Linux folio_clear_dirty_for_io().
 */
bool clear_page_dirty_for_io(struct page *page);

#endif
