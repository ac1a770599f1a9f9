// SPDX-License-Identifier: GPL-2.0
/*
 * Races on the path, and what to explore because of them.
 *
 * Source-DPOR (Abdulla, Aronis, Jonsson, Sagonas: Optimal Dynamic Partial Order Reduction,
 * POPL 2014). Event e races with a later event, or a step to come, of process q if they are
 * dependent and no other events order them. Let v be the events after e on the path that do not
 * happen after e, followed by q's step. From the state before e an execution must be explored
 * that begins with an initial of v: a process whose first event in v has nothing in v before it.
 *
 * Steps that can be held up (XP_AWAIT) are not in that paper. Let e hold up q: without e, after
 * v, q could run; after e it cannot until some later event u. Then q's step happens after e by
 * way of u, or never happens, so e is not an immediate race. Therefore a step that awaits races
 * with *every* write of an awaited object that its process did not know of: when the step is
 * taken, or at the end of the execution if it is not taken. README.md has the proof.
 *
 * In the code: e is @earlier, q is @proc, and @acc is the number of an access in a step.
 */
#include <string.h>
#include "engine.h"
#include <explore/plant.h>

static const clock_vec zero_clock[XP_MAX_PROCS / CLOCK_LANES];

static inline bool after(struct xp *x, unsigned event, unsigned earlier)
{
	return clock_of(x, event)[x->frame[earlier].lane] > (int)earlier;
}

static inline u8 rw_at(struct xp *x, where_t at)
{
	return x->frame[WHERE_EVENT(at)].step.rw[WHERE_ACC(at)];
}

/* The newest access that conflicts with access @acc of @op; older() gives the one before it. */
static inline where_t newest(struct xp *x, const struct estep *op, unsigned acc)
{
	return op->rw[acc] & XP_WRITE ? x->objs.obj[op->obj[acc]].last
				      : x->objs.obj[op->obj[acc]].last_write;
}

static inline where_t older(struct xp *x, u8 rw, where_t at)
{
	const struct frame *f = &x->frame[WHERE_EVENT(at)];

	return rw & XP_WRITE ? f->prev[WHERE_ACC(at)] : f->prev_write[WHERE_ACC(at)];
}

/* Is @event, which is in v, the first of its process there, with nothing in v before it? */
static bool is_initial(struct xp *x, unsigned event, unsigned earlier)
{
	const clock_vec *c = x->clk + (size_t)event * x->stride;
	clock_vec sum = {0};
	int lanes = 0;

	if (x->frame[event].before > earlier + 1)
		return false;
	for (unsigned v = 0; v < x->stride; v++)
		sum -= c[v] > (s16)(earlier + 1);
	for (unsigned lane = 0; lane < CLOCK_LANES; lane++)
		lanes += sum[lane];
	return lanes == 1; /* itself */
}

/* Does a step have nothing in v before it? */
static bool op_is_initial(struct xp *x, const struct estep *op, unsigned earlier)
{
	for (unsigned acc = 0; acc < op->nr; acc++)
		for (where_t at = newest(x, op, acc); at && WHERE_EVENT(at) > earlier;
		     at = older(x, op->rw[acc], at))
			if (!after(x, WHERE_EVENT(at), earlier))
				return false;
	return true;
}

/*
 * A mask of the accesses of @op that can race at all. Not those whose newest conflicting access
 * is a write of the same process: accesses before that write happen before this step. Most
 * accesses to objects that only one CPU writes are of that kind.
 */
static unsigned foreign(struct xp *x, unsigned proc, const struct estep *op)
{
	unsigned mask = 0;

	for (unsigned acc = 0; acc < op->nr; acc++) {
		where_t at = newest(x, op, acc);

		if (at && (x->frame[WHERE_EVENT(at)].proc != proc ||
			   at != x->objs.obj[op->obj[acc]].last_write))
			mask |= 1u << acc;
	}
	return mask;
}

/*
 * Have an initial of v explored from frame @earlier. @uncertain: v may be incomplete, so explore
 * every process that can run there. If an initial is to be explored there already, stop.
 */
static void reverse(struct xp *x, unsigned earlier, unsigned proc, const struct estep *op,
		    bool uncertain)
{
	struct frame *f = &x->frame[earlier];
	u64 can = f->enabled & ~f->sleep0;
	int first = -1;

	if (earlier < x->split || !(can & ~f->backtrack))
		return;
	if (uncertain) {
		f->backtrack |= can;
		return;
	}
	if (x->opt->plant & XP_PLANT_INITIAL) {
		f->backtrack |= can & BIT(proc);
		return;
	}
	for (unsigned i = earlier + 1; i < x->depth; i++) {
		unsigned p = x->frame[i].proc;

		if (!(can & BIT(p)) || after(x, i, earlier) || !is_initial(x, i, earlier))
			continue;
		if (f->backtrack & BIT(p))
			return;
		if (first < 0)
			first = p;
	}
	if (x->last[proc] <= earlier && can & BIT(proc) && op_is_initial(x, op, earlier))
		first = proc;
	if (first >= 0)
		f->backtrack |= BIT(first);
}

/* Does @op await an object that @earlier writes with XP_WAKE? Then it could not run before that. */
static bool irreversible(const struct estep *earlier, const struct estep *op)
{
	if (!op->awaits)
		return false;
	for (unsigned acc = 0; acc < op->nr; acc++)
		for (unsigned i = 0; op->rw[acc] & XP_AWAIT && i < earlier->nr; i++)
			if (earlier->obj[i] == op->obj[acc] && earlier->rw[i] & XP_WAKE)
				return true;
	return false;
}

/*
 * Writes of what @op awaits that could hold it up and that its process did not know of.
 * @accesses, here and below: what foreign() says.
 */
static void holdups(struct xp *x, unsigned proc, const struct estep *op, const s16 *known,
		    unsigned accesses, bool uncertain)
{
	unsigned me = x->lane[proc];

	if (x->opt->plant & XP_PLANT_BLOCKED)
		return;
	for (; accesses; accesses &= accesses - 1) {
		unsigned acc = __builtin_ctz(accesses);

		if (!(op->rw[acc] & XP_AWAIT))
			continue;
		for (where_t at = x->objs.obj[op->obj[acc]].last_write; at;
		     at = older(x, XP_READ, at)) {
			unsigned earlier = WHERE_EVENT(at), lane = x->frame[earlier].lane;

			if (lane == me || known[lane] > (int)earlier)
				break; /* older writes happen before this one */
			if (!(rw_at(x, at) & XP_WAKE))
				reverse(x, earlier, proc, op, uncertain);
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
 * The immediate races of a step of @proc: for each other process (by its lane) its newest
 * conflicting event that @proc did not know of; from the newest to the oldest of these; without
 * those that happen before a newer one. @clk: the clock of @proc, before and after the step.
 */
static void immediate(struct xp *x, unsigned proc, const struct estep *op, clock_vec *clk,
		      unsigned accesses, bool uncertain)
{
	const s16 *known = (const s16 *)clk;
	unsigned me = x->lane[proc];
	s16 top[XP_MAX_PROCS];
	u64 mask = 0;
	bool planted = false;

	for (; accesses; accesses &= accesses - 1) {
		unsigned acc = __builtin_ctz(accesses);
		where_t at = newest(x, op, acc);

		if (unlikely(x->opt->plant & XP_PLANT_RMW) && op->rw[acc] & XP_WRITE)
			at = x->objs.obj[op->obj[acc]].last_write;
		if (unlikely(x->opt->plant & XP_PLANT_CLOCK) && x->objs.obj[op->obj[acc]].last)
			join(x, clk, WHERE_EVENT(x->objs.obj[op->obj[acc]].last));
		for (; at; at = older(x, XP_WRITE, at)) {
			unsigned earlier = WHERE_EVENT(at), lane = x->frame[earlier].lane;

			if (lane != me && known[lane] <= (int)earlier &&
			    (!(mask & BIT(lane)) || top[lane] < (int)earlier)) {
				mask |= BIT(lane);
				top[lane] = earlier;
			}
			if (rw_at(x, at) & XP_WRITE)
				break; /* older accesses happen before this one */
		}
	}
	while (mask) {
		unsigned lane = __builtin_ctzll(mask);

		for (u64 rest = mask & (mask - 1); rest; rest &= rest - 1)
			if (top[__builtin_ctzll(rest)] > top[lane])
				lane = __builtin_ctzll(rest);
		mask &= ~BIT(lane);
		if (known[lane] > top[lane])
			continue;
		if (!planted && !irreversible(&x->frame[top[lane]].step, op))
			reverse(x, top[lane], proc, op, uncertain);
		planted = x->opt->plant & XP_PLANT_LAST;
		join(x, clk, top[lane]);
	}
}

/*
 * Has a write that @proc did not know of turned its step into one that touches less? Then it is
 * not known what the step would have touched, nor which events had to come before it.
 */
static bool turned(struct xp *x, unsigned proc, const struct estep *op, const s16 *known,
		   unsigned accesses)
{
	unsigned me = x->lane[proc];

	if (!x->world->turners || x->opt->plant & XP_PLANT_TURN)
		return false;
	for (; accesses; accesses &= accesses - 1) {
		unsigned acc = __builtin_ctz(accesses);

		if (!x->objs.obj[op->obj[acc]].turned)
			continue;
		for (where_t at = x->objs.obj[op->obj[acc]].last_write; at;
		     at = older(x, XP_READ, at)) {
			unsigned earlier = WHERE_EVENT(at), lane = x->frame[earlier].lane;

			if (lane == me || known[lane] > (int)earlier)
				break;
			if (rw_at(x, at) & XP_TURN)
				return true;
		}
	}
	return false;
}

static const clock_vec *known_to(struct xp *x, unsigned proc)
{
	return x->last[proc] ? x->clk + (size_t)(x->last[proc] - 1) * x->stride : zero_clock;
}

/* The step at the top of the path was taken: add its races, its clock and its accesses. */
void race_event(struct xp *x)
{
	unsigned d = x->depth, proc = x->frame[d].proc;
	struct frame *f = &x->frame[d];
	const clock_vec *known = known_to(x, proc);
	clock_vec *clk = x->clk + (size_t)d * x->stride;
	unsigned mask = foreign(x, proc, &f->step);

	copy_clock(x, clk, known);
	if (mask) {
		bool uncertain = turned(x, proc, &f->step, (const s16 *)known, mask);

		immediate(x, proc, &f->step, clk, mask, uncertain);
		if (f->step.awaits)
			holdups(x, proc, &f->step, (const s16 *)known, mask, uncertain);
	}
	((s16 *)clk)[f->lane] = d + 1;
	f->before = x->last[proc];
	x->last[proc] = d + 1;
	for (unsigned acc = 0; acc < f->step.nr; acc++) {
		struct object *obj = &x->objs.obj[f->step.obj[acc]];

		f->prev[acc] = obj->last;
		f->prev_write[acc] = obj->last_write;
		obj->last = WHERE(d, acc);
		if (f->step.rw[acc] & XP_WRITE)
			obj->last_write = WHERE(d, acc);
	}
}

/* Undo race_event() for the step at the top of the path. */
void race_undo(struct xp *x)
{
	struct frame *f = &x->frame[x->depth];

	for (unsigned acc = f->step.nr; acc--;) {
		struct object *obj = &x->objs.obj[f->step.obj[acc]];

		obj->last = f->prev[acc];
		obj->last_write = f->prev_write[acc];
	}
	x->last[f->proc] = f->before;
}

/*
 * The execution ends here. Steps that are held up, and steps that could run but are not explored
 * (a dead end), race like steps that were taken. The step of a sleeping process does not race: it
 * was explored where the process went to sleep, and later events are independent of it.
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
	for (u64 left = x->procs & ~f->sleep; left; left &= left - 1) {
		unsigned proc = __builtin_ctzll(left);
		const clock_vec *known = known_to(x, proc);

		x->scratch.nr = 0;
		x->world->next(x->w, proc, &x->scratch);
		if (!x->scratch.nr)
			continue;
		objects_step(&x->objs, &x->scratch, &op);
		mask = foreign(x, proc, &op);
		uncertain = turned(x, proc, &op, (const s16 *)known, mask);
		if (f->enabled & BIT(proc)) {
			copy_clock(x, clk, known);
			immediate(x, proc, &op, clk, mask, uncertain);
		}
		if (op.awaits)
			holdups(x, proc, &op, (const s16 *)known, mask, uncertain);
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
 * The next step of @turner may turn steps of others. A step that is held up now is then lost, so
 * it races as if the execution ended here. Events that belong before it may not have happened
 * yet, so it is @uncertain.
 */
void race_turn(struct xp *x, unsigned turner)
{
	const struct frame *f = &x->frame[x->depth];
	struct estep turn, op;

	if (!(x->world->turners & BIT(turner)))
		return;
	x->scratch.nr = 0;
	x->world->next(x->w, turner, &x->scratch);
	if (!says_turn(&x->scratch) || x->opt->plant & XP_PLANT_TURN)
		return;
	objects_step(&x->objs, &x->scratch, &turn);
	for (u64 left = x->procs & ~f->enabled & ~BIT(turner); left; left &= left - 1) {
		unsigned proc = __builtin_ctzll(left);

		x->scratch.nr = 0;
		x->world->next(x->w, proc, &x->scratch);
		objects_step(&x->objs, &x->scratch, &op);
		if (op.awaits && steps_dependent(&turn, &op))
			holdups(x, proc, &op, (const s16 *)known_to(x, proc), foreign(x, proc, &op),
				true);
	}
}
