/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_CONTENTS_H
#define TESTS_CONTENTS_H

/*
 * What pages of a region contain, where nobody but the writer of its operation decides that: the
 * last word of a page, which no walker stores to. It is read and written by the direct map, with
 * a reference, so TLBs have no part in it.
 *
 * Context of all: the region's writer, or no other thread runs; not in an mm.
 */
struct region;

/* Write the word of page @i. Without memory: it is not known. */
void contents_store(struct region *r, unsigned int i);

/* It is there already: another region of the same file and tag has it. */
void contents_expect(struct region *r, unsigned int i);

/* What is known must be there. */
void contents_check(struct region *r);

/* The pages go: nothing is known any more. */
void contents_drop(struct region *r);

/* contents_check() of all regions. */
void contents_judge(void);

#endif
