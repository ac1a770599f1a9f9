/* SPDX-License-Identifier: GPL-2.0 */
/* Operations that come by a file: no mmap_lock, and no mm of their own. */
#include <mm/khugepaged.h>
#include <mm/mm.h>
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

#define BY_FILE .in = NO_MM, .on = BIT(MM_A) | BIT(MM_B)
OP(truncate, .run = truncate, .locks = "invalidate_lock write, i_mmap_rwsem read, ptl",
   .world = "one of two pages of a table, in A and B", BY_FILE);

static void retract(const struct op *op)
{
	struct address_space *file = world_file[FILE_PTES];

	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, WORLD_INDICES);
	retract_page_tables(file, 0);
	up_write(&file->invalidate_lock);
}

OP(retract, .run = retract, .locks = "invalidate_lock write, i_mmap_rwsem read, pmd lock and ptl",
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

OP(write_out, .run = write_out, .locks = "folio lock, i_mmap_rwsem read, ptl",
   .world = "a page of the file", BY_FILE);
