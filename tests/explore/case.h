/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_CASE_H
#define EXPLORE_CASE_H

#include <explore/replay.h>
#include <tests/scenario_run.h>

/**
 * struct case_options - how cases are explored
 * @number: of the case, in its line of TAP
 * @search: each of them
 * @alone: one scenario was asked for: print the history of a red schedule, the choices that it
 *	needs, and the speed. The replay string is always printed
 * @walks: of case_check()
 * @outcome: where case_run() puts its result; memory that its processes share, or NULL
 */
struct case_options {
	unsigned int number;
	struct xp_options search;
	bool alone;
	unsigned int walks;
	struct scenario_outcome *outcome;
};

/*
 * All return an exit status: 0 as expected, 1 not as expected, 2 no verdict. A process calls one
 * of them, once, since a machine boots once.
 */

/* Search it to its end, print a TAP line. */
int case_run(const struct scenario *s, const struct scenario_case *c,
	     const struct case_options *opt);

/* No search: random walks that check whether steps touch what they say. */
int case_check(const struct scenario *s, const struct scenario_case *c,
	       const struct case_options *opt);

/* Print this schedule in two columns. Return: 0: it has no verdict; 1: it has; 2: it cannot run. */
int case_replay(const struct scenario *s, const struct scenario_case *c,
		const struct case_options *opt, const struct xp_schedule *schedule);

/* Find a schedule with the event trace of model_want(). Return: 0: found; 1: none was found. */
int case_follow(const struct scenario *s, const struct scenario_case *c,
		const struct case_options *opt);

/*
 * case_run(), or case_check() if @opt has walks, for each of @chosen in a process of its own, @jobs
 * at a time. @budget: seconds after which none is begun; 0: no limit.
 */
#define MAX_CASES 65536
struct case_result;
int cases_run(struct case_result *chosen, unsigned int nr, unsigned int jobs, double budget,
	      struct case_options *opt);

#endif
