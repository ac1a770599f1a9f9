/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_STATES_H
#define EXPLORE_STATES_H

#include <explore/world.h>

/* The states that a search has been in (XP_STATES). */
struct xp;
struct states {
	struct state *table;
	u64 size, nr; /* a power of two; used */
};

void states_open(struct states *s);
void states_close(struct states *s);
/*
 * The state at the top of the path, whose frame has its sleep set. Return: is it new? @explore:
 * those of the processes @can that are to be explored from it.
 */
bool states_enter(struct xp *x, u64 can, u64 *explore);
double states_share(struct xp *x); /* of the states of random executions: how many were met */

#endif
