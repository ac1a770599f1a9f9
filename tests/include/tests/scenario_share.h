/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_SHARE_H
#define TESTS_SCENARIO_SHARE_H

#include <mm/mm.h>
#include <tests/scenario_actors.h>

/*
 * Fixture: two mms that map the same hugetlb file of PUD_SIZE at SHARE_ADDR, so that they share
 * its PMD table or can come to share it. The owner is the mm that stays.
 */
#define SHARE_ADDR PUD_SIZE
extern struct mm_struct *share_owner, *share_sharer;
extern struct address_space *share_file; /* not of share_setup() and share_setup_idle() */

/* setup(): they share the table; the actor of CPU1 is a thread of the sharer. */
void share_setup(void);

/*
 * setup(): they share the table; CPU1 is idle and has the sharer loaded lazily. The sharer maps
 * something else too, which keeps its PUD table: the flush that frees that would wake CPU1.
 */
void share_setup_idle(void);

/* setup(): both map the file, and no page is there: there is no PMD table. */
void share_setup_mapped(void);

/* setup(): the same, then the owner faults in the first page: the PMD table is its own. */
void share_setup_owned(void);

/* Actor: the sharer gives up the table; the owner takes a page out of it, as its own table. */
void share_unshare(void);

/* Actor: GUP-fast of the first page. */
void share_walk(void);

#endif
