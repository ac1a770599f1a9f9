/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_LITMUS_OUTCOME_H
#define EXPLORE_LITMUS_OUTCOME_H

#include "litmus.h"

/* What is shown when a program has ended: a register of a thread or, thread -1, a variable. */
struct lm_place {
	int thread;
	u8 index, size; /* size 0: all of it */
};

u64 lm_value(const struct lm_world *w, const struct lm_place *p);

/* @why: empty if the search is complete and every execution ends, otherwise what is wrong */
void lm_lacks(const struct xp_result *res, char *why, size_t size);

/* A set of rows of @width numbers each; grows without a limit. Dies without memory. */
struct lm_rows {
	unsigned width;
	size_t nr, room, slots;
	u64 *row;
	u32 *slot; /* index + 1, 0: free; not valid any more once sorted */
};

void lm_rows_open(struct lm_rows *r, unsigned width);
size_t lm_rows_find(const struct lm_rows *r, const u64 *row); /* Return: its index; or @nr */
size_t lm_rows_add(struct lm_rows *r, const u64 *row); /* Return: its index; @nr grows if new */
void lm_rows_sort(struct lm_rows *r); /* for good: no more are added */
void lm_rows_close(struct lm_rows *r);

/**
 * lm_outcomes - the outcomes of a program, ascending
 * @prog:	the program
 * @show:	variables, and registers: a or, if several threads use it, 0a. Exits with status 2
 *		if there is none of that name, or the thread is missing
 * @reduce:	how to search
 * @enough:	leave out drains at the end (for programs of which no thread has more than one
 *		store left when all have ended)
 * @seconds:	stop after so long, 0: no limit
 * @why:	see lm_lacks(); executions that do not end are not among the outcomes
 *
 * Return: a text to be freed; an outcome is a hexadecimal digit a place or, where a value is
 * above 15, decimal numbers with commas.
 */
char *lm_outcomes(const struct lm_program *prog, const char *show, enum xp_reduce reduce,
		  bool enough, double seconds, char *why, size_t size);

#endif
