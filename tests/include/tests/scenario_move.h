/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_MOVE_H
#define TESTS_SCENARIO_MOVE_H

#include <mm/mm.h>
#include <tests/scenario_actors.h>

/*
 * Fixture: an mm that maps the same pages of a file in two places. A scenario moves them from
 * the old place to the new one, as mremap() does, against something else.
 */
extern struct mm_struct *move_mm;
extern struct address_space *move_file;

/* setup(), first: the mm, and a file of @nr pages. */
void move_setup(unsigned long nr);

/*
 * setup(), last, when both places are mapped: what mremap() holds while it moves. mmap_lock is
 * held for write from here on, and the file's invalidate_lock, which truncation needs.
 */
void move_hold(unsigned long old, unsigned long new, unsigned long len);

/* Actor: move_page_tables() of what move_hold() has been given. */
void move_pages(void);

#endif
