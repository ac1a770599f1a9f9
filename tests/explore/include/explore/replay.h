/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_REPLAY_H
#define EXPLORE_REPLAY_H

#include <explore/explore.h>

/*
 * A schedule as a string: one letter a process, a-z, A-Z, then _a-_l, each followed by
 * how many steps if more than one. `a3ba2` is three steps of process 0, one of process 1,
 * two of process 0. The same string gives the same execution as long as the world and
 * its options are the same.
 */

/** xp_letter - the name of process @p in a replay string */
const char *xp_letter(unsigned p);

/**
 * xp_format - a schedule as a string
 * @s:		the schedule
 * @buf:	where to, at least XP_FORMAT_MAX bytes
 */
#define XP_FORMAT_MAX (2 * XP_MAX_DEPTH + 1)
void xp_format(const struct xp_schedule *s, char *buf);

/**
 * xp_parse - the schedule of a string
 *
 * Return: NULL, or what is wrong with the string, in words.
 */
const char *xp_parse(const char *text, struct xp_schedule *s);

/**
 * struct xp_run - one execution
 * @did:	the steps it took
 * @verdict:	empty, or what is wrong
 * @error:	empty, or why the schedule cannot be followed to its end
 * @ended:	nothing can run any more
 */
struct xp_run {
	struct xp_schedule did;
	char verdict[XP_VERDICT_MAX];
	char error[XP_VERDICT_MAX];
	bool ended;
};

/**
 * xp_replay - run one schedule
 * @world, @w:	the world
 * @s:		the schedule
 * @go_on:	where it ends, go on to the end of the execution: each process as long as it
 *		can, CPUs before hardware choices
 * @before_step: optional; called before each step, in the state before it
 * @ctx:	for @before_step
 * @run:	what happened
 *
 * Ends early at a verdict, as the search does.
 *
 * Return: XP_PASS, XP_RED on a verdict, XP_CUT if the schedule cannot be followed.
 */
enum xp_status xp_replay(const struct xp_world *world, void *w, const struct xp_schedule *s,
			 bool go_on,
			 void (*before_step)(void *ctx, void *w, unsigned i, unsigned p), void *ctx,
			 struct xp_run *run);

/**
 * xp_print_history - replay and print: a line for each step, a column for each CPU, choices right
 * @to:		where to
 *
 * Return: as xp_replay().
 */
enum xp_status xp_print_history(FILE *to, const struct xp_world *world, void *w,
				const struct xp_schedule *s);

/**
 * struct xp_cost - what makes a failing schedule easy to read, in this order
 * @switches:	from one essential process to another
 * @choices:	steps of processes that are not essential
 * @steps:	all steps
 * @pieces:	runs of steps of one process
 */
struct xp_cost {
	unsigned switches, choices, steps, pieces;
};

/** xp_cost_of - the cost of a schedule of a world */
struct xp_cost xp_cost_of(const struct xp_world *world, const struct xp_schedule *s);

/**
 * xp_minimise - make a failing schedule shorter, keeping its verdict
 * @world, @w:	the world
 * @s:		a schedule that fails; in place
 * @max_runs:	executions to try at most, 0: 20000
 *
 * By re-execution. The result is a local minimum of struct xp_cost: no single step of a choice
 * can be left out of it.
 *
 * Return: executions tried, or -1 if @s does not fail.
 */
int xp_minimise(const struct xp_world *world, void *w, struct xp_schedule *s, unsigned max_runs);

/** xp_choices - mask of the inessential processes that take a step in @s */
u64 xp_choices(const struct xp_world *world, const struct xp_schedule *s);

#endif
