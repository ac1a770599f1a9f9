/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_RANGE_H
#define TESTS_SCENARIO_RANGE_H

#include <mm/mm.h>
#include <tests/scenario_actors.h>

/*
 * Fixture: an mm that maps as many small pages as make one huge page, all of them there. A
 * scenario collapses them, or splits the huge page, against something else.
 */
#define RANGE	   PMD_SIZE
#define RANGE_NEXT (RANGE + PAGE_SIZE)
#define RANGE_LAST (RANGE + PMD_SIZE - PAGE_SIZE)
extern struct mm_struct *range_mm;

/* setup(): small pages. The actors run in no mm. */
void range_setup(void);

/* setup(): the huge page, collapsed. The actors run in no mm. */
void range_setup_huge(void);

/* setup(): small pages; the actors of CPU0 and CPU1 are threads of the mm. */
void range_setup_threads(void);

/* Actor: collapse_huge_page(), which may fail because a walker has pinned a page. */
void range_collapse(void);

/* Actor: split the huge page. */
void range_split(void);

/* Actor: GUP-fast of the first page. */
void range_walk(void);

#endif
