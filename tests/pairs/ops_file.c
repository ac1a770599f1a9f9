/* SPDX-License-Identifier: GPL-2.0 */
/* Operations that come by a file: no mmap_lock, and no mm of their own. */
#include <kernel/busted.h>
#include <kernel/shared.h>
#include <asm/tlbbatch.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/rmap.h>
#include <mm/writeback.h>
#include <tests/pairs.h>

/* The page at @i, with a reference, if it is in the page cache. */
static struct page *find_get_page(struct address_space *file, unsigned long i)
{
	struct page *page;

	spin_lock(&file->pages_lock);
	page = file->pages[i];
	if (page)
		get_page(page);
	spin_unlock(&file->pages_lock);
	return page;
}

static void drop_page(struct address_space *file, unsigned long i)
{
	struct page *page;

	spin_lock(&file->pages_lock);
	page = file->pages[i];
	WRITE_ONCE(file->pages[i], NULL);
	spin_unlock(&file->pages_lock);
	if (page)
		put_page(page);
}

/* A hole: the page goes from all mappings, then from the file. */
static void truncate(const struct op *op)
{
	struct address_space *file = world_file[FILE_PTES];

	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, 1);
	drop_page(file, 0);
	up_write(&file->invalidate_lock);
}

#define BY_FILE .in = NO_MM
OP(truncate, .run = truncate, .locks = INVALIDATE_WRITE | I_MMAP_READ | PTL,
   .world = "one of two pages of a table, in A and B", BY_FILE);

static void retract(const struct op *op)
{
	struct address_space *file = world_file[FILE_PTES];

	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, WORLD_INDICES);
	retract_page_tables(file, 0);
	up_write(&file->invalidate_lock);
}

OP(retract, .run = retract, .locks = INVALIDATE_WRITE | I_MMAP_READ | PMD_LOCK | PTL,
   .world = "the tables of A and B that map the file", BY_FILE);

/* The contents are read later than the page is cleaned: a store in between is written, and dirty. */
static void write_out(const struct op *op)
{
	struct page *page = find_get_page(world_file[FILE_PTES], 0);
	bool dirty;

	if (!page)
		return;
	down_write(&world_folio_lock);
	dirty = clear_page_dirty_for_io(page);
	part_ends();
	if (dirty)
		world_disk[FILE_PTES][0] = world_value(page);
	result(0, dirty);
	up_write(&world_folio_lock);
	put_page(page);
}

OP(write_out, .run = write_out, .locks = FOLIO | I_MMAP_READ | PTL, .world = "a page of the file",
   BY_FILE);

DEFINE_BUSTED(pairs_free_dirty, "a page is reclaimed that became dirty after it was written out");

/*
 * Out of the file and free, unless someone else has a reference, or had one and has made the page
 * dirty since it was written out, as gup_dirty() does: then it stays. Only when nobody can get
 * another reference, the flag is final. Linux: __remove_mapping().
 */
static bool remove_mapping(struct address_space *file, struct page *page)
{
	int refs = 2; /* the file's and ours */
	bool freed;

	spin_lock(&file->pages_lock);
	freed = shared_rmw(SITE_REF, &page->_refcount, atomic_try_cmpxchg(PTR, &refs, 0));
	if (freed && page_dirty(page) && !busted(pairs_free_dirty)) {
		shared_op(SITE_REF, SYNC_WRITE, &page->_refcount, atomic_set(PTR, refs));
		freed = false;
	}
	if (freed)
		WRITE_ONCE(file->pages[page->index], NULL);
	spin_unlock(&file->pages_lock);
	if (freed)
		free_frozen_page(page);
	return freed;
}

/*
 * One page is reclaimed: unmapped, flushed in a batch, written out if dirty, freed. There is no
 * device to read it from again, so it is a hole then. Faults are kept out meanwhile, which is more
 * than Linux does: it would find the page mapped again, and give up.
 */
static void reclaim(const struct op *op)
{
	struct arch_tlbflush_unmap_batch batch = {0};
	struct address_space *file = world_file[FILE_PTES];
	struct page *page;

	down_write(&file->invalidate_lock);
	page = find_get_page(file, 0);
	if (page) {
		down_write(&world_folio_lock);
		try_to_unmap(page, &batch);
		arch_tlbbatch_flush(&batch);
		if (clear_page_dirty_for_io(page))
			world_disk[FILE_PTES][0] = world_value(page);
		up_write(&world_folio_lock);
		/* A GUP-fast that will not find the entry again may have its reference for a moment. */
		if (may() || !remove_mapping(file, page))
			put_page(page);
		else
			result(0, 1);
	}
	up_write(&file->invalidate_lock);
}

OP(reclaim, .run = reclaim, .locks = INVALIDATE_WRITE | FOLIO | I_MMAP_READ | PTL,
   .world = "a page of the file, unmapped from A and B by one flush", BY_FILE);
