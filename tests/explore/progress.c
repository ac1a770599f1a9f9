// SPDX-License-Identifier: GPL-2.0
/*
 * Progress of the search, and its time limits. The rest is estimated after Knuth (Estimating the
 * efficiency of backtrack programs, 1975): if all branches of a state were of one size, the share
 * that is done follows from the path alone. Branches that races will add are not known yet, so
 * early estimates are low.
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include "engine.h"
#include <explore/replay.h>

#define LOOK_EVERY 4096 /* steps */

static double read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

double xp_seconds(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double xp_cpu_seconds(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static struct xp *watched;
static unsigned patience;

/* Not async-signal-safe, but the alternative is to hang. */
static void stuck(int sig)
{
	static char path[XP_FORMAT_MAX];
	static struct xp_schedule s;

	(void)sig;
	if (!watched || xp_on_die) /* with xp_on_die the trail has the schedule (child.c) */
		xp_die("a step, or the boot, has not ended for %u s", patience);
	s.nr = watched->depth;
	for (unsigned i = 0; i < s.nr; i++)
		s.proc[i] = watched->frame[i].proc;
	xp_format(&s, path);
	xp_die("%s: a step has not ended for %u s, after %s", watched->world->name, patience,
	       s.nr ? path : "reset");
}

void xp_watch(unsigned seconds)
{
	/* The current stack may be a small one of the world's. */
	struct sigaction action = {.sa_handler = stuck, .sa_flags = SA_ONSTACK};

	patience = seconds;
	if (!seconds)
		action.sa_handler = SIG_DFL;
	if (sigaction(SIGALRM, &action, NULL))
		xp_die("SIGALRM cannot be caught");
	alarm(seconds);
}

bool xp_watching(void)
{
	return patience;
}

void progress_watch(struct xp *x)
{
	if (!x->opt->step_seconds)
		return;
	watched = x;
	xp_watch(x->opt->step_seconds);
}

void progress_close(struct xp *x)
{
	if (!x->opt->step_seconds)
		return;
	watched = NULL;
	xp_watch(0);
}

void progress_open(struct xp *x)
{
	progress_watch(x);
	x->progress.start = xp_seconds();
	x->progress.cpu = xp_cpu_seconds();
	x->progress.next = x->progress.start + 1;
	x->progress.countdown = LOOK_EVERY;
}

double progress_share(struct xp *x)
{
	double done = 0, weight = 1;

	for (unsigned d = 0; d < x->depth && weight > 1e-12; d++) {
		const struct frame *f = &x->frame[d];
		u64 branches = f->backtrack & ~f->sleep0;
		unsigned all = __builtin_popcountll(branches);

		if (!all)
			break;
		done += weight * __builtin_popcountll(branches & f->sleep) / all;
		weight /= all;
	}
	return done;
}

static void report(struct xp *x, double now)
{
	double done, run = now - x->progress.start;
	u64 schedules = x->res->schedules, transitions = x->res->transitions;

	if (x->pool)
		done = pool_done(x, &schedules, &transitions);
	else
		done = progress_share(x);
	fprintf(stderr, "%s: %.0f s, %llu schedules, %llu transitions, depth %u", x->world->name,
		run, (unsigned long long)schedules, (unsigned long long)transitions, x->depth);
	if (done > 1e-9)
		fprintf(stderr, ", about %.2g%% done, %.3g s left", 100 * done, run / done - run);
	fputc('\n', stderr);
}

void progress_look(struct xp *x)
{
	double now;

	x->progress.countdown = LOOK_EVERY;
	progress_watch(x);
	if (x->pool)
		pool_look(x);
	if (x->pool && pool_hopeless(x))
		x->stop = x->interrupted = true;
	if (!x->opt->progress && x->opt->max_seconds <= 0)
		return;
	now = xp_seconds();
	if (x->opt->max_seconds > 0 && !x->stop &&
	    xp_cpu_seconds() - x->progress.cpu > x->opt->max_seconds) {
		xp_cut(x, "time limit");
		x->stop = x->interrupted = true;
	}
	if (x->opt->progress && !x->me && now >= x->progress.next) {
		report(x, now);
		x->progress.next = now + 1;
	}
}
