/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_CHECK_H
#define EXPLORE_CHECK_H

#include <explore/world.h>

/**
 * xp_check_world - look for steps that break the rules of <explore/world.h>
 * @world, @w:	the world; with fingerprint() also commuting states are compared
 * @walks:	random executions to check each state of
 * @seed:	for the choice of those
 * @why:	what is wrong, and with which schedule
 * @size:	of @why
 *
 * In each state of each walk: next() covers step(). Steps that are independent by what they
 * touch commute. If a step enables or disables a step of another process, that step awaits an
 * object which the first one writes. XP_WAKE keeps its promise. Two runs of the same schedule
 * are the same.
 *
 * Return: true if nothing was found.
 */
bool xp_check_world(const struct xp_world *world, void *w, unsigned walks, u64 seed, char *why,
		    size_t size);

#endif
