/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_RMAP_H
#define MM_RMAP_H

#include <kernel/shared.h>
#include <mm/mm_types.h>

struct arch_tlbflush_unmap_batch;

/*
 * Which entries map a page. The page counts them; its file leads to them (page->mapping, i_mmap).
 * In which order an unmap flushes and counts down, and why, stands in <mm/writeback.h>.
 */

/* One entry more maps it. */
static inline void page_add_rmap(struct page *page)
{
	shared_rmw(SITE_REF, &page->_mapcount, atomic_inc(PTR));
}

/* One entry less maps it. */
static inline void page_remove_rmap(struct page *page)
{
	shared_rmw(SITE_REF, &page->_mapcount, atomic_dec(PTR));
}

static inline bool page_mapped(const struct page *page)
{
	return shared_op(SITE_REF, SYNC_READ, &page->_mapcount, atomic_read(PTR));
}

/**
 * page_mkclean - make every entry that maps @page clean and read-only
 * @page: of a file, with a reference
 *
 * After this the next store to it faults, and no TLB leads to it for stores.
 *
 * Context: may sleep; takes i_mmap_rwsem and ptls. Return: an entry was dirty.
 * Source: Linux folio_mkclean().
 */
bool page_mkclean(struct page *page);

/**
 * try_to_unmap - clear every entry that maps @page, and leave the flush to the caller
 * @page: of a file, with a reference
 * @batch: gets the CPUs to flush: arch_tlbbatch_flush() before the page is written out or freed
 *
 * A page of which an entry was dirty is dirty.
 *
 * Context: may sleep; takes i_mmap_rwsem and ptls. Faults must be kept out.
 * Source: Linux try_to_unmap(), TTU_BATCH_FLUSH.
 */
void try_to_unmap(struct page *page, struct arch_tlbflush_unmap_batch *batch);

#endif
