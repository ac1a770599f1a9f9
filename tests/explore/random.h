/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_RANDOM_H
#define EXPLORE_RANDOM_H

#include <explore/world.h>

/* The same numbers for the same @state, on every machine. */
static inline unsigned random_below(u64 *state, unsigned n)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state >> 33) % n;
}

static inline unsigned random_of(u64 *state, u64 from)
{
	for (unsigned n = random_below(state, __builtin_popcountll(from)); n; n--)
		from &= from - 1;
	return __builtin_ctzll(from);
}

/* @last again, if @from has it, on average for @turn steps in a row; else any of @from. */
static inline unsigned random_turn(u64 *state, u64 from, unsigned last, unsigned turn)
{
	return from >> last & 1 && random_below(state, turn) ? last : random_of(state, from);
}

#endif
