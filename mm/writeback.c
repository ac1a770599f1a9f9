/* SPDX-License-Identifier: GPL-2.0 */
/* Writing out the pages of a file. The order, and whom it is for, stand in <mm/writeback.h>. */
#include <kernel/shared.h>
#include <mm/page_alloc.h>
#include <mm/rmap.h>
#include <mm/writeback.h>

bool clear_page_dirty_for_io(struct page *page)
{
	bool dirty;

	if (page_mkclean(page))
		set_page_dirty(page);
	/* A full barrier: the contents are read after this, pairs with set_page_dirty(). */
	dirty = shared_rmw(SITE_REF, &page->flags, test_and_clear_bit(PG_dirty, PTR));
	if (dirty)
		observe(PAGE_CLEAN, page_to_pfn(page), 0, 0);
	return dirty;
}
