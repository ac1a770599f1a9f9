// SPDX-License-Identifier: GPL-2.0
/*
 * Races on the path, and what to explore because of them.
 *
 * Source-DPOR (Abdulla, Aronis, Jonsson, Sagonas: Optimal Dynamic Partial Order Reduction,
 * POPL 2014). Event e races with a later event, or a step to come, of process q if they
 * are dependent and nothing orders them otherwise. Let v be the events after e that
 * are not ordered after e, followed by q's step. An execution that starts, where e was
 * taken, with an initial of v - a process whose first event in v has nothing in v
 * before it - must be explored from there.
 *
 * Steps that can be held up (XP_AWAIT) are more than that paper has. Let e hold up q: before
 * it, after v, q could run; after it q cannot until some later event u. Then q's step is ordered
 * after e by way of u, or never happens at all, and e is no immediate race. So a step
 * that awaits is taken to race with *every* write of an awaited object that its process did
 * not know of, when it happens, and at the end of the execution if it does not happen.
 * README.md has the proof.
 */
#include <string.h>
#include "engine.h"
#include <explore/plant.h>

static const clock_vec zero_clock[XP_MAX_PROCS / CLOCK_LANES];

static inline bool after(struct xp *x, unsigned event, unsigned e)
{
	return clock_of(x, event)[x->frame[e].lane] > (int)e;
}

static inline u8 rw_at(struct xp *x, where_t l)
{
	return x->frame[WHERE_EVENT(l)].step.rw[WHERE_ACC(l)];
}

/* What was done to the object of one of our accesses, newest first. */
static inline where_t newest(struct xp *x, const struct estep *op, unsigned k)
{
	return op->rw[k] & XP_WRITE ? x->objs.obj[op->obj[k]].last
				    : x->objs.obj[op->obj[k]].last_write;
}

static inline where_t older(struct xp *x, u8 rw, where_t l)
{
	const struct frame *f = &x->frame[WHERE_EVENT(l)];

	return rw & XP_WRITE ? f->prev[WHERE_ACC(l)] : f->prev_write[WHERE_ACC(l)];
}

/* Is event i, which is not after e, the first in v of its process and after nothing in v? */
static bool is_initial(struct xp *x, unsigned i, unsigned e)
{
	const clock_vec *c = x->clk + (size_t)i * x->stride;
	clock_vec sum = {0};
	int lanes = 0;

	if (x->frame[i].before > e + 1)
		return false;
	for (unsigned v = 0; v < x->stride; v++)
		sum -= c[v] > (s16)(e + 1);
	for (unsigned l = 0; l < CLOCK_LANES; l++)
		lanes += sum[l];
	return lanes == 1; /* itself */
}

/* Does a step have nothing in v before it? */
static bool op_is_initial(struct xp *x, const struct estep *op, unsigned e)
{
	for (unsigned k = 0; k < op->nr; k++)
		for (where_t l = newest(x, op, k); l && WHERE_EVENT(l) > e;
		     l = older(x, op->rw[k], l))
			if (!after(x, WHERE_EVENT(l), e))
				return false;
	return true;
}

/*
 * Which accesses, a bit each, can race at all. Not one to an object whose newest conflicting
 * access is a write of the same process: what came before that is before this step. So it is
 * with most of what only says what its own CPU does.
 */
static unsigned foreign(struct xp *x, unsigned q, const struct estep *op)
{
	unsigned mask = 0;

	for (unsigned k = 0; k < op->nr; k++) {
		where_t l = newest(x, op, k);

		if (l &&
		    (x->frame[WHERE_EVENT(l)].proc != q || l != x->objs.obj[op->obj[k]].last_write))
			mask |= 1u << k;
	}
	return mask;
}

/*
 * See to it that from frame e an initial of v is explored; @uncertain: whoever can run, as v
 * may lack something. The first events of v are likely to be known there: look no further then.
 */
static void reverse(struct xp *x, unsigned e, unsigned q, const struct estep *op, bool uncertain)
{
	struct frame *f = &x->frame[e];
	u64 can = f->enabled & ~f->sleep0;
	int first = -1;

	if (e < x->split || !(can & ~f->backtrack))
		return;
	if (uncertain) {
		f->backtrack |= can;
		return;
	}
	if (x->opt->plant & XP_PLANT_INITIAL) {
		f->backtrack |= can & BIT(q);
		return;
	}
	for (unsigned i = e + 1; i < x->depth; i++) {
		unsigned p = x->frame[i].proc;

		if (!(can & BIT(p)) || after(x, i, e) || !is_initial(x, i, e))
			continue;
		if (f->backtrack & BIT(p))
			return;
		if (first < 0)
			first = p;
	}
	if (x->last[q] <= e && can & BIT(q) && op_is_initial(x, op, e))
		first = q;
	if (first >= 0)
		f->backtrack |= BIT(first);
}

/* Nobody who awaits what @e writes with XP_WAKE could have run before it. */
static bool irreversible(const struct estep *e, const struct estep *op)
{
	if (!op->awaits)
		return false;
	for (unsigned k = 0; k < op->nr; k++)
		for (unsigned i = 0; op->rw[k] & XP_AWAIT && i < e->nr; i++)
			if (e->obj[i] == op->obj[k] && e->rw[i] & XP_WAKE)
				return true;
	return false;
}

/*
 * Writes of what @op awaits that could hold it up and that its process did not know of.
 * @accesses, here and below: what foreign() says.
 */
static void holdups(struct xp *x, unsigned q, const struct estep *op, const s16 *known,
		    unsigned accesses, bool uncertain)
{
	unsigned me = x->lane[q];

	if (x->opt->plant & XP_PLANT_BLOCKED)
		return;
	for (; accesses; accesses &= accesses - 1) {
		unsigned k = __builtin_ctz(accesses);

		if (!(op->rw[k] & XP_AWAIT))
			continue;
		for (where_t l = x->objs.obj[op->obj[k]].last_write; l; l = older(x, XP_READ, l)) {
			unsigned e = WHERE_EVENT(l), r = x->frame[e].lane;

			if (r == me || known[r] > (int)e)
				break; /* and so is what was written before */
			if (!(rw_at(x, l) & XP_WAKE))
				reverse(x, e, q, op, uncertain);
		}
	}
}

static inline void copy_clock(struct xp *x, clock_vec *to, const clock_vec *from)
{
	for (unsigned v = 0; v < x->stride; v++)
		to[v] = from[v];
}

static inline void join(struct xp *x, clock_vec *to, unsigned event)
{
	const clock_vec *c = x->clk + (size_t)event * x->stride;

	for (unsigned v = 0; v < x->stride; v++) {
		clock_vec more = to[v] > c[v];

		to[v] = (to[v] & more) | (c[v] & ~more);
	}
}

/*
 * The immediate races of a step of @q: for each other process, by its lane, its newest conflicting event
 * that @q did not know of, from the newest to the oldest, as long as no newer one is
 * after it. On return @clk, which came as what @q knew, is what it knows after the step.
 */
static void immediate(struct xp *x, unsigned q, const struct estep *op, clock_vec *clk,
		      unsigned accesses, bool uncertain)
{
	const s16 *known = (const s16 *)clk;
	unsigned me = x->lane[q];
	s16 top[XP_MAX_PROCS];
	u64 mask = 0;
	bool planted = false;

	for (; accesses; accesses &= accesses - 1) {
		unsigned k = __builtin_ctz(accesses);
		where_t l = newest(x, op, k);

		if (unlikely(x->opt->plant & XP_PLANT_RMW) && op->rw[k] & XP_WRITE)
			l = x->objs.obj[op->obj[k]].last_write;
		if (unlikely(x->opt->plant & XP_PLANT_CLOCK) && x->objs.obj[op->obj[k]].last)
			join(x, clk, WHERE_EVENT(x->objs.obj[op->obj[k]].last));
		for (; l; l = older(x, XP_WRITE, l)) {
			unsigned e = WHERE_EVENT(l), r = x->frame[e].lane;

			if (r != me && known[r] <= (int)e &&
			    (!(mask & BIT(r)) || top[r] < (int)e)) {
				mask |= BIT(r);
				top[r] = e;
			}
			if (rw_at(x, l) & XP_WRITE)
				break; /* what came before is before this */
		}
	}
	while (mask) {
		unsigned r = __builtin_ctzll(mask);

		for (u64 m = mask & (mask - 1); m; m &= m - 1)
			if (top[__builtin_ctzll(m)] > top[r])
				r = __builtin_ctzll(m);
		mask &= ~BIT(r);
		if (known[r] > top[r])
			continue;
		if (!planted && !irreversible(&x->frame[top[r]].step, op))
			reverse(x, top[r], q, op, uncertain);
		planted = x->opt->plant & XP_PLANT_LAST;
		join(x, clk, top[r]);
	}
}

/*
 * Has something that q did not know of turned its step into another one, with fewer objects?
 * Then what the step would have been, and so what belongs before it, cannot be told from here.
 */
static bool turned(struct xp *x, unsigned q, const struct estep *op, const s16 *known,
		   unsigned accesses)
{
	unsigned me = x->lane[q];

	if (!x->world->turners || x->opt->plant & XP_PLANT_TURN)
		return false;
	for (; accesses; accesses &= accesses - 1) {
		unsigned k = __builtin_ctz(accesses);

		if (!x->objs.obj[op->obj[k]].turned)
			continue;
		for (where_t l = x->objs.obj[op->obj[k]].last_write; l; l = older(x, XP_READ, l)) {
			unsigned e = WHERE_EVENT(l), r = x->frame[e].lane;

			if (r == me || known[r] > (int)e)
				break;
			if (rw_at(x, l) & XP_TURN)
				return true;
		}
	}
	return false;
}

static const clock_vec *known_to(struct xp *x, unsigned q)
{
	return x->last[q] ? x->clk + (size_t)(x->last[q] - 1) * x->stride : zero_clock;
}

/* The step at the top of the path has been taken: its races, its clock, its accesses. */
void race_event(struct xp *x)
{
	unsigned d = x->depth, q = x->frame[d].proc;
	struct frame *f = &x->frame[d];
	const clock_vec *known = known_to(x, q);
	clock_vec *clk = x->clk + (size_t)d * x->stride;
	unsigned mask = foreign(x, q, &f->step);

	copy_clock(x, clk, known);
	if (mask) {
		bool uncertain = turned(x, q, &f->step, (const s16 *)known, mask);

		immediate(x, q, &f->step, clk, mask, uncertain);
		if (f->step.awaits)
			holdups(x, q, &f->step, (const s16 *)known, mask, uncertain);
	}
	((s16 *)clk)[f->lane] = d + 1;
	f->before = x->last[q];
	x->last[q] = d + 1;
	for (unsigned k = 0; k < f->step.nr; k++) {
		struct object *obj = &x->objs.obj[f->step.obj[k]];

		f->prev[k] = obj->last;
		f->prev_write[k] = obj->last_write;
		obj->last = WHERE(d, k);
		if (f->step.rw[k] & XP_WRITE)
			obj->last_write = WHERE(d, k);
	}
}

/* Back over the step at the top of the path. */
void race_undo(struct xp *x)
{
	struct frame *f = &x->frame[x->depth];

	for (unsigned k = f->step.nr; k--;) {
		struct object *obj = &x->objs.obj[f->step.obj[k]];

		obj->last = f->prev[k];
		obj->last_write = f->prev_write[k];
	}
	x->last[f->proc] = f->before;
}

/*
 * The execution ends here. Steps that were held up, and those of processes that could go
 * on but are not let, race like those that were taken. A process that sleeps does not:
 * its step was taken where it went to sleep, and what came since is independent of it.
 */
void race_leaf(struct xp *x)
{
	struct frame *f = &x->frame[x->depth];
	clock_vec clk[XP_MAX_PROCS / CLOCK_LANES];
	struct estep op;
	unsigned mask;
	bool uncertain;

	if (x->opt->plant & XP_PLANT_END)
		return;
	for (u64 m = x->procs & ~f->sleep; m; m &= m - 1) {
		unsigned q = __builtin_ctzll(m);
		const clock_vec *known = known_to(x, q);

		x->scratch.nr = 0;
		x->world->next(x->w, q, &x->scratch);
		if (!x->scratch.nr)
			continue;
		objects_step(&x->objs, &x->scratch, &op);
		mask = foreign(x, q, &op);
		uncertain = turned(x, q, &op, (const s16 *)known, mask);
		if (f->enabled & BIT(q)) {
			copy_clock(x, clk, known);
			immediate(x, q, &op, clk, mask, uncertain);
		}
		if (op.awaits)
			holdups(x, q, &op, (const s16 *)known, mask, uncertain);
	}
}

static bool says_turn(const struct xp_step *s)
{
	for (unsigned i = 0; i < s->nr; i++)
		if (s->acc[i].rw & XP_TURN)
			return true;
	return false;
}

/*
 * @p is about to turn steps into others. One that is held up now would be forgotten: let it
 * race as if the execution ended here. What belongs before it may still be to come.
 */
void race_turn(struct xp *x, unsigned p)
{
	const struct frame *f = &x->frame[x->depth];
	struct estep turn, op;

	if (!(x->world->turners & BIT(p)))
		return;
	x->scratch.nr = 0;
	x->world->next(x->w, p, &x->scratch);
	if (!says_turn(&x->scratch) || x->opt->plant & XP_PLANT_TURN)
		return;
	objects_step(&x->objs, &x->scratch, &turn);
	for (u64 m = x->procs & ~f->enabled & ~BIT(p); m; m &= m - 1) {
		unsigned q = __builtin_ctzll(m);

		x->scratch.nr = 0;
		x->world->next(x->w, q, &x->scratch);
		objects_step(&x->objs, &x->scratch, &op);
		if (op.awaits && steps_dependent(&turn, &op))
			holdups(x, q, &op, (const s16 *)known_to(x, q), foreign(x, q, &op), true);
	}
}
