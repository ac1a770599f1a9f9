// SPDX-License-Identifier: GPL-2.0
/*
 * The search. Depth first: from the state at the top of the path take a step that is to be
 * explored, find its races (race.c), which may add branches further up, and go on from the new
 * state. If no step is to be explored, go back one step and put its process to sleep. A step
 * cannot be undone in the world. So before the first step after going back the world is reset,
 * or restored to a checkpoint, and the rest of the path is replayed.
 *
 * The order is fixed: the CPU or hardware choice that ran last as long as it can, then the lowest
 * number.
 */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include <explore/plant.h>

/*
 * Steps from one checkpoint to the next. Saving a state costs about as much as a step, so each
 * execution begins with some steps replayed; a search of states goes back from nearly each.
 */
#define EVERY		16
#define EVERY_OF_STATES 2

static inline struct step *asleep(struct xp *x, unsigned depth, unsigned q)
{
	return &x->asleep[(size_t)depth * x->nr_lanes + x->lane[q]];
}

const char xp_bounded[] = "preemption bound";

/* The first reason is kept; a preemption bound only if there is no other. */
const char *xp_reason(const char *first, const char *next)
{
	return !first || (first == xp_bounded && next) ? next : first;
}

/* The search is not complete. */
void xp_cut(struct xp *x, const char *why)
{
	x->res->complete = false;
	x->res->why = xp_reason(x->res->why, why);
}

/* Stop the search: the result is what was found so far. In parallel too. */
static void stop(struct xp *x, const char *why)
{
	if (x->stop)
		return;
	xp_cut(x, why);
	x->stop = true;
	if (x->pool)
		pool_last(x);
}

static void failure(struct xp *x, const char *verdict)
{
	struct xp_result *r = x->res;

	r->failures++;
	if (!r->verdict[0]) {
		if ((size_t)snprintf(r->verdict, sizeof(r->verdict), "%s", verdict) >=
		    sizeof(r->verdict))
			xp_die("%s: a verdict is longer than XP_VERDICT_MAX", x->world->name);
		r->failing.nr = x->depth;
		for (unsigned i = 0; i < x->depth; i++)
			r->failing.proc[i] = x->frame[i].proc;
		if (x->pool)
			pool_failure(x);
	}
	if (!x->opt->keep_going)
		stop(x, "stopped at a failure");
}

const char *xp_stuck(const struct xp_world *world, void *w)
{
	bool spin = true, any = false;
	struct xp_step s;

	for_each_bit (p, world->essential) {
		bool spins = false;

		s.nr = 0;
		world->next(w, p, &s);
		for (unsigned i = 0; i < s.nr; i++)
			spins |= s.acc[i].rw & XP_SPIN;
		any |= s.nr;
		spin &= spins || !s.nr;
	}
	return any && spin ? "livelock" : "deadlock";
}

/* A complete execution. @proper: finished(), or cut by enough(). */
static void end(struct xp *x, bool proper, const char *verdict)
{
	x->res->schedules++;
	if (x->depth > x->res->deepest)
		x->res->deepest = x->depth;
	if (!verdict && !proper)
		verdict = xp_stuck(x->world, x->w);
	else if (!verdict && x->world->verdict)
		verdict = x->world->verdict(x->w, true);
	if (verdict)
		failure(x, verdict);
	else if (x->world->tally)
		x->res->tally += x->world->tally(x->w);
	if (x->opt->on_end)
		x->opt->on_end(x->opt->ctx, x->w, verdict);
	if (x->opt->reduce == XP_DPOR)
		race_leaf(x);
	if (x->opt->max_schedules && x->res->schedules >= x->opt->max_schedules)
		stop(x, "schedule limit");
}

/* An execution that is not carried to its end. */
static void dead_end(struct xp *x)
{
	if (x->opt->reduce == XP_DPOR)
		race_leaf(x);
}

static unsigned pick(struct xp *x, u64 from)
{
	if (x->depth) {
		unsigned p = x->frame[x->depth - 1].proc;

		if (from & BIT(p))
			return p;
	}
	return __builtin_ctzll(from);
}

/* A new state at the top of the path: what is to be explored from it? Nothing, if it is a leaf. */
static void enter(struct xp *x, const char *verdict)
{
	struct frame *f = &x->frame[x->depth];
	const struct xp_world *world = x->world;
	u64 can, awake;
	bool over;

	f->sleep0 = f->sleep;
	f->backtrack = f->banned = 0;
	f->enabled = can = world->enabled(x->w);
	if (unlikely(can & ~x->procs))
		xp_die("%s: a process that is absent can run", world->name);
	over = verdict || !can ||
	       (!(can & world->essential) && world->enough && world->enough(x->w));
	awake = can & ~f->sleep;
	if (x->opt->reduce == XP_STATES && !states_enter(x, can, &awake)) {
		f->backtrack = awake;
		return;
	}
	if (x->pool && (x->depth == x->split ||
			(x->depth < x->split && (over || !awake || x->depth == x->max_depth))))
		if (!pool_claim(x))
			return;
	if (over) {
		end(x, can || world->finished(x->w), verdict);
	} else if (!awake) {
		x->res->blocked++;
		dead_end(x);
	} else if (unlikely(x->depth == x->max_depth)) {
		xp_cut(x, "an execution is too deep");
		x->res->deepest = x->depth;
		dead_end(x);
	} else {
		if (x->opt->reduce == XP_DPOR && x->depth >= x->split)
			awake = BIT(pick(x, awake));
		f->backtrack = awake;
	}
}

static void rerun(struct xp *x)
{
	if (!path_rerun(x))
		failure(x, "a restored checkpoint differs from the state that was saved");
}

static void put_to_sleep(struct xp *x, const struct frame *f, struct frame *to)
{
	unsigned d = x->depth;

	to->sleep = 0;
	if (x->opt->reduce == XP_NONE)
		return;
	for_each_bit (q, f->sleep) {
		if (steps_dependent(asleep(x, d, q), &f->step) && !(x->opt->plant & XP_PLANT_SLEEP))
			continue;
		to->sleep |= BIT(q);
		*asleep(x, d + 1, q) = *asleep(x, d, q);
	}
}

/* Is running @p a preemption: could the essential process that ran last go on? */
static bool preempts(struct xp *x, const struct frame *f, unsigned p)
{
	u64 essential = x->world->essential;

	return essential & BIT(p) && f->cpu && f->cpu - 1u != p && f->enabled & BIT(f->cpu - 1);
}

static void forward(struct xp *x, unsigned p)
{
	struct frame *f = &x->frame[x->depth], *to = f + 1;
	const char *verdict = NULL;

	if (x->dirty)
		rerun(x);
	path_checkpoint(x, x->depth);
	if (x->opt->reduce == XP_DPOR)
		race_turn(x, p);
	x->scratch.nr = 0;
	x->world->step(x->w, p, &x->scratch);
	if (x->depth >= x->split)
		x->res->transitions++;
	else
		x->shallow++;
	objects_step(&x->objs, &x->scratch, &f->step);
	if (unlikely(f->step.turns && !(x->world->turners & BIT(p))))
		xp_die("%s: a step of no turner writes with XP_TURN", x->world->name);
	f->proc = p;
	f->lane = x->lane[p];
	if (x->opt->reduce == XP_DPOR)
		race_event(x);
	to->cpu = x->world->essential & BIT(p) ? p + 1 : f->cpu;
	to->preemptions = f->preemptions + (x->opt->bound_preemptions && preempts(x, f, p));
	put_to_sleep(x, f, to);
	x->depth++;
	if (x->world->verdict)
		verdict = x->world->verdict(x->w, false);
	enter(x, verdict);
	if (unlikely(!--x->progress.countdown))
		progress_look(x);
}

static void back(struct xp *x)
{
	struct frame *f = &x->frame[--x->depth];

	if (x->opt->reduce == XP_DPOR)
		race_undo(x);
	f->sleep |= BIT(f->proc);
	*asleep(x, x->depth, f->proc) = f->step;
	if (x->saved * x->every > x->depth)
		x->saved--;
	x->dirty = true;
}

void xp_search(struct xp *x)
{
	x->frame[0].sleep = 0;
	x->frame[0].cpu = 0;
	x->frame[0].preemptions = 0;
	x->depth = x->saved = 0;
	rerun(x);
	enter(x, x->world->verdict ? x->world->verdict(x->w, false) : NULL);
	while (!x->stop) {
		struct frame *f = &x->frame[x->depth];
		u64 todo = f->backtrack & ~f->sleep & ~f->banned;
		unsigned p;

		if (!todo) {
			if (!x->depth)
				break;
			back(x);
			continue;
		}
		p = pick(x, todo);
		if (x->opt->bound_preemptions &&
		    f->preemptions + preempts(x, f, p) > x->opt->preemptions) {
			f->banned |= BIT(p);
			xp_cut(x, xp_bounded);
			continue;
		}
		forward(x, p);
	}
	if (x->stop && !x->pool)
		x->res->share = x->opt->reduce == XP_STATES ? states_share(x) : progress_share(x);
	/* If it was stopped: objects and clocks still hold the path, so go back all of it. */
	while (x->depth)
		back(x);
	x->res->doubtful = x->world->doubtful && x->world->doubtful(x->w);
}

static void assign_lanes(struct xp *x)
{
	x->procs = ~x->world->absent & ~0ULL >> (XP_MAX_PROCS - x->world->nr_procs);
	for_each_bit (p, x->procs)
		x->lane[p] = x->nr_lanes++;
}

/* Not zeroed: most paths are short, and a search may begin again many times. */
static void *room(size_t n, size_t size)
{
	return aligned_alloc(64, (n * size + 63) & ~63ul);
}

void xp_open(struct xp *x, const struct xp_world *world, void *w, const struct xp_options *opt,
	     struct xp_result *res)
{
	unsigned frames, depth = opt->max_depth;

	if (!world->nr_procs || world->nr_procs > XP_MAX_PROCS)
		xp_die("%s: %u processes, must be 1 to %d", world->name, world->nr_procs,
		       XP_MAX_PROCS);
	if (depth > XP_MAX_DEPTH)
		xp_die("%s: max_depth %u, must be at most %d", world->name, depth, XP_MAX_DEPTH);
	if (opt->reduce == XP_STATES && !world->state)
		xp_die("%s: states are not known by a number: it has no state()", world->name);
	if (!world->save != !world->restore || (opt->check_restore && !world->image))
		xp_die("%s: save(), restore() and, to check them, image() belong together",
		       world->name);
	memset(x, 0, sizeof(*x));
	x->world = world;
	x->w = w;
	x->opt = opt;
	x->res = res;
	x->max_depth = depth ? depth : XP_MAX_DEPTH;
	assign_lanes(x);
	x->stride = (x->nr_lanes + CLOCK_LANES - 1) / CLOCK_LANES;
	frames = x->max_depth + 2;
	x->frame = room(frames, sizeof(*x->frame));
	x->asleep = room((size_t)frames * x->nr_lanes, sizeof(*x->asleep));
	x->clk = room((size_t)frames * x->stride, sizeof(*x->clk));
	if (!x->frame || !x->asleep || !x->clk)
		xp_die("%s: no memory for executions of %u steps", world->name, x->max_depth);
	objects_open(&x->objs);
	x->every = opt->reduce == XP_STATES ? EVERY_OF_STATES : EVERY;
	if (opt->reduce == XP_STATES)
		states_open(&x->states);
	progress_open(x);
}

void xp_close(struct xp *x)
{
	progress_close(x);
	if (x->opt->reduce == XP_STATES)
		states_close(&x->states);
	free(x->frame);
	free(x->asleep);
	free(x->clk);
	objects_close(&x->objs);
}

enum xp_status xp_explore(const struct xp_world *world, void *w, const struct xp_options *opt,
			  struct xp_result *res)
{
	double start = xp_seconds(), cpu = xp_cpu_seconds();
	struct xp x;

	memset(res, 0, offsetof(struct xp_result, failing));
	res->failing.nr = 0;
	res->complete = true;
	res->jobs = 1;
	res->busiest = 0;
	xp_open(&x, world, w, opt, res);
	if (opt->workers > 1 && opt->reduce != XP_STATES)
		parallel_search(&x);
	else
		xp_search(&x);
	xp_close(&x);
	res->seconds = xp_seconds() - start;
	cpu = xp_cpu_seconds() - cpu;
	res->busiest = cpu > res->busiest ? cpu : res->busiest;
	return res->failures ? XP_RED : res->complete ? XP_PASS : XP_CUT;
}

void xp_print_rate(FILE *to, const struct xp_result *res)
{
	double s = res->busiest > 1e-6 ? res->busiest : 1e-6;

	fprintf(to,
		"%.0f schedules/s, %.2f million transitions/s, %.2f with replayed ones, %.2f s of CPU time\n",
		(double)res->schedules / s, (double)res->transitions / s / 1e6,
		(double)(res->transitions + res->replayed) / s / 1e6, s);
}
