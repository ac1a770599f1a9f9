/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_CASE_H
#define EXPLORE_CASE_H

#include <explore/replay.h>
#include <tests/scenario_types.h>
#include "redundant.h"

/**
 * struct case_options - how cases are explored
 * @search: each of them
 * @alone: one scenario was asked for: show a red schedule, what it needs, and how fast it went;
 *	its replay string is printed anyway
 * @walks: of case_check()
 * @outcome: where case_run() says what it found; memory that its processes share, or NULL
 */
struct case_options {
	struct xp_options search;
	bool alone;
	unsigned int walks;
	struct case_outcome *outcome;
};

/*
 * All return an exit status: 0 as expected, 1 not, 2 there is no verdict. Once
 * for each process, since a machine boots once.
 */

/* Search it to its end, print a TAP line. */
int case_run(unsigned int number, const struct scenario *s, const struct scenario_case *c,
	     const struct case_options *opt);

/* No search: random walks, and whether steps touch what they say. */
int case_check(unsigned int number, const struct scenario *s, const struct scenario_case *c,
	       const struct case_options *opt);

/* Exactly this schedule, as two columns. 0: nothing is wrong with it; 2: it is none of this case. */
int case_replay(const struct scenario *s, const struct scenario_case *c,
		const struct case_options *opt, const struct xp_schedule *schedule);

/* One that tells the tale of model_want(). 1: there is none, or it was not found. */
int case_follow(const struct scenario *s, const struct scenario_case *c,
		const struct case_options *opt);

#endif
