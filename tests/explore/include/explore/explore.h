/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_EXPLORE_H
#define EXPLORE_EXPLORE_H

#include <stdio.h>
#include <explore/world.h>

/*
 * Every interleaving of a world, by stateless depth-first search with dynamic
 * partial-order reduction: each schedule runs from reset(). Results are a function of the
 * world and the options alone, except where a time limit cut the search. So is the output,
 * apart from rates. README.md says how it works and why it is complete.
 */
enum xp_reduce {
	XP_DPOR, /* source sets and sleep sets: each Mazurkiewicz trace once */
	XP_SLEEP, /* sleep sets: each trace once, but more dead ends */
	XP_STATES, /* sleep sets, and each state once; the world must have state() */
	XP_NONE, /* every interleaving */
};

struct xp_schedule {
	unsigned nr;
	unsigned char proc[XP_MAX_DEPTH];
};

/**
 * struct xp_options - how to search; all zero is the default: DPOR, until the end
 * @reduce:	which reduction
 * @bound_preemptions: cut schedules with more than @preemptions switches away from an
 *		essential process that could have gone on, to another essential one
 * @preemptions: the bound
 * @max_depth:	longest execution, 0: XP_MAX_DEPTH. Longer ones are cut
 * @max_schedules: stop after so many, 0: no limit
 * @max_seconds: stop after so much CPU time of a worker, 0: no limit
 * @keep_going:	count failing schedules instead of stopping at the first
 * @progress:	a line a second on stderr
 * @workers:	processes to search with, 0 and 1: this one only
 * @plant:	a bug in the engine itself, see <explore/plant.h>; 0: none
 * @check_restore: whenever a checkpoint is restored, run the path from reset() too and
 *		compare their image(), which the world must have: a difference is the verdict
 * @step_seconds: die, with the schedule, when one step of the world takes so long: it loops.
 *		0: never. Uses SIGALRM
 * @on_end:	optional; at each complete execution, with the world in its last state.
 *		@verdict: NULL at a proper end. In parallel mode called in the worker:
 *		to collect something use memory that workers share
 * @ctx:	for @on_end
 */
struct xp_options {
	enum xp_reduce reduce;
	bool bound_preemptions;
	unsigned preemptions;
	unsigned max_depth;
	u64 max_schedules;
	double max_seconds;
	bool keep_going;
	bool progress;
	unsigned workers;
	unsigned plant;
	bool check_restore;
	unsigned step_seconds;
	void (*on_end)(void *ctx, void *w, const char *verdict);
	void *ctx;
};

enum xp_status {
	XP_PASS = 0, /* complete, nothing wrong */
	XP_RED = 1, /* a schedule fails */
	XP_CUT = 2, /* not complete, nothing wrong as far as it went */
};

#define XP_VERDICT_MAX 256

extern const char xp_bounded[];

/* Of two reasons, each may be NULL, the one that @why is to be. */
const char *xp_reason(const char *first, const char *next);

/**
 * struct xp_result - what a search found
 * @schedules:	complete executions, each another trace (with XP_NONE: interleaving)
 * @blocked:	executions given up because all that was left had been explored elsewhere
 * @states:	with XP_STATES: different states
 * @transitions: steps explored; those that only lead back to a branch are @replayed
 * @failures:	schedules with a verdict; 1 at most unless keep_going
 * @deepest:	steps of the longest execution
 * @tally:	sum of what the world's tally() returned
 * @doubtful:	the world's doubtful() was true: the result does not count
 * @jobs:	disjoint parts that the search was split into, 1 if not parallel
 * @complete:	nothing was left out, by limits, bounds or by stopping at a failure
 * @why:	why not complete, NULL if complete; xp_bounded if for a preemption bound alone
 * @share:	if a limit cut it, an estimate of how much was searched, or 0: of the tree, by
 *		Knuth's method; with XP_STATES of the states that random executions meet
 * @verdict:	of the first failing schedule, empty if none
 * @failing:	that schedule
 * @seconds:	time it took
 * @busiest:	CPU seconds of the worker that used most: the time that it takes on idle cores
 */
struct xp_result {
	u64 schedules, blocked, states, transitions, replayed, failures, tally;
	unsigned deepest, jobs;
	bool complete, doubtful;
	const char *why;
	double share;
	char verdict[XP_VERDICT_MAX];
	struct xp_schedule failing;
	double seconds, busiest;
};

/**
 * xp_explore - search all executions of a world
 * @world:	the world
 * @w:		given to each of its functions
 * @opt:	how
 * @res:	what was found; always filled in
 *
 * A search with several workers finds the same failure in each run, and the same counts up
 * to it.
 *
 * Return: XP_PASS, XP_RED or XP_CUT.
 */
enum xp_status xp_explore(const struct xp_world *world, void *w, const struct xp_options *opt,
			  struct xp_result *res);

/** xp_print_rate - schedules and transitions per second of CPU time: another line in each run */
void xp_print_rate(FILE *to, const struct xp_result *res);

#endif
