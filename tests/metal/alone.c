/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In place of progress.c, parallel.c and states.c of the search: here there are no signals, no
 * processes, and no states.
 */
#include <engine.h>
#include <kernel/time.h>

#define LOOK_EVERY 16 /* steps */

double xp_seconds(void)
{
	return (double)sched_clock() / (double)NSEC_PER_SEC;
}

double xp_cpu_seconds(void)
{
	return xp_seconds();
}

void progress_watch(struct xp *x)
{
}

void progress_close(struct xp *x)
{
}

void progress_open(struct xp *x)
{
	x->progress.start = xp_seconds();
	x->progress.countdown = LOOK_EVERY;
}

void progress_look(struct xp *x)
{
	x->progress.countdown = LOOK_EVERY;
	if (x->opt->max_seconds > 0 && xp_seconds() - x->progress.start > x->opt->max_seconds &&
	    !x->stop) {
		xp_cut(x, "time limit");
		x->stop = x->interrupted = true;
	}
}

double progress_share(struct xp *x)
{
	return 0;
}

static void __attribute__((noreturn)) alone(void)
{
	xp_die("one worker only");
}

bool pool_claim(struct xp *x)
{
	alone();
}

void pool_failure(struct xp *x)
{
	alone();
}

void pool_last(struct xp *x)
{
	alone();
}

/* XP_STATES: the states of driven CPUs cannot be compared. */
void states_open(struct states *s)
{
	xp_die("no search of states here");
}

void states_close(struct states *s)
{
}

bool states_enter(struct xp *x, u64 can, u64 *explore)
{
	return true;
}

double states_share(struct xp *x)
{
	return 0;
}

void parallel_search(struct xp *x)
{
	alone();
}
