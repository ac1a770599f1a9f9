/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_WRITEBACK_H
#define TESTS_SCENARIO_WRITEBACK_H

#include <mm/mm.h>
#include <tests/scenario_actors.h>

/* A page of a file, mapped in one place; a thread of the mm stores to its first word. */
struct written_page {
	struct mm_struct *mm;
	struct address_space *file;
	struct page *page;
	unsigned long addr;
	u64 written; /* what a disk would have got last */
};

/* setup(): for an actor on CPU1; dirty if @write. */
void scenario_map_written(struct written_page *p, unsigned long addr, bool write);

/* Write it out if it is dirty. */
void scenario_write_out(struct written_page *p);

/* end(): the last store was written out, or something says that it must be. */
void scenario_check_written(const struct written_page *p);

#endif
