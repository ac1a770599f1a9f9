/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SHARERS_H
#define TESTS_SHARERS_H

#include <mm/mm.h>

/*
 * mms that share the hugetlb PMD tables of a file, one page faulted in in each GiB. mm[0]
 * is the one that stays, and reuses the tables: P. An anchor below keeps the PUD table,
 * so that unmapping a range unshares and does nothing else.
 */
#define SHARED_ADDR 0x4000000000UL
#define MAX_SHARERS 4

struct sharers {
	struct address_space *file;
	struct mm_struct *mm[MAX_SHARERS];
	unsigned long gib;
};

/* False: no memory; sharers_end() in any case. */
bool sharers_begin(struct sharers *s, unsigned int nr, unsigned long gib);
void sharers_end(struct sharers *s);

/* Enough memory for @gib huge pages and what goes with them? Why not, for KSKIP(). */
const char *sharers_lack(unsigned long gib);

/* The table that maps GiB number @gib for @mm, or NULL. */
struct ptdesc *sharers_table(struct mm_struct *mm, unsigned long gib);

/* @mm gives up GiB number @gib. Return: mm_munmap()'s. */
int sharers_unshare(struct mm_struct *mm, unsigned long gib);

/* P uses the first table as its own: takes a huge page out of it. Return: mm_munmap()'s. */
int sharers_reuse(struct sharers *s);

#endif
