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
 * In the code: e is @earlier; q and its step are a struct racer; @acc is the number of an access in
 * a step.
 */
#include <string.h>
#include "engine.h"
#include "happens_before.h"
#include <explore/plant.h>

static const clock_vec zero_clock[XP_MAX_PROCS / CLOCK_LANES];

/*
 * A step, taken or to come, whose races are looked for.
 *
 * @accesses:	mask of those of its accesses that can race at all
 * @known:	for each lane, the newest event + 1 that @proc knew of before the step
 * @uncertain:	v may be incomplete: see was_turned()
 */
struct racer {
	unsigned proc;
	const struct step *step;
	unsigned accesses;
	const clock_vec *known;
	bool uncertain;
};

/* Is @event, which is in v, the first of its process there, with nothing in v before it? */
static bool event_is_initial(struct xp *x, unsigned event, unsigned earlier)
{
	const clock_vec *c = clock_of(x, event);
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

/* The same of the racer's step: has it nothing in v before it? */
static bool racer_is_initial(struct xp *x, const struct racer *r, unsigned earlier)
{
	if (x->last[r->proc] > earlier)
		return false;
	for (unsigned acc = 0; acc < r->step->nr; acc++)
		for (access_ref ref = newest(x, r->step, acc); ref && REF_EVENT(ref) > earlier;
		     ref = older(x, r->step->rw[acc], ref))
			if (!happens_after(x, REF_EVENT(ref), earlier))
				return false;
	return true;
}

/*
 * Have an initial of v explored from frame @earlier; if it is @uncertain what is in v, every
 * process that can run there. If an initial is to be explored there already, stop.
 */
static void reverse(struct xp *x, unsigned earlier, const struct racer *r)
{
	struct frame *f = &x->frame[earlier];
	u64 can = f->enabled & ~f->sleep0;
	int first = -1;

	if (earlier < x->split || !(can & ~f->backtrack))
		return;
	if (r->uncertain) {
		f->backtrack |= can;
		return;
	}
	if (x->opt->plant & XP_PLANT_INITIAL) {
		f->backtrack |= can & BIT(r->proc);
		return;
	}
	for (unsigned i = earlier + 1; i < x->depth; i++) {
		unsigned p = x->frame[i].proc;

		if (!(can & BIT(p)) || happens_after(x, i, earlier) ||
		    !event_is_initial(x, i, earlier))
			continue;
		if (f->backtrack & BIT(p))
			return;
		if (first < 0)
			first = p;
	}
	if (can & BIT(r->proc) && racer_is_initial(x, r, earlier))
		first = r->proc;
	if (first >= 0)
		f->backtrack |= BIT(first);
}

/* Does @step await an object that @earlier writes with XP_WAKE? Then it could not run before. */
static bool irreversible(const struct step *earlier, const struct step *step)
{
	if (!step->awaits)
		return false;
	for (unsigned acc = 0; acc < step->nr; acc++)
		for (unsigned i = 0; step->rw[acc] & XP_AWAIT && i < earlier->nr; i++)
			if (earlier->obj[i] == step->obj[acc] && earlier->rw[i] & XP_WAKE)
				return true;
	return false;
}

/* A write, or 0 if it and so all older writes of its object happen before the racer's step. */
static inline access_ref unless_known(struct xp *x, const struct racer *r, access_ref write)
{
	bool known = write && (x->frame[REF_EVENT(write)].proc == r->proc ||
			       has(x, r->known, REF_EVENT(write)));

	return known ? 0 : write;
}

#define for_each_unknown_write(ref, x, r, acc)                                                   \
	for (access_ref ref = unless_known(x, r, object_of(x, (r)->step, acc)->last_write); ref; \
	     ref = unless_known(x, r, older(x, XP_READ, ref)))

/* Writes of what the step awaits that could hold it up, and that its process did not know of. */
static void reverse_holdups(struct xp *x, const struct racer *r)
{
	if (!r->step->awaits || x->opt->plant & XP_PLANT_BLOCKED)
		return;
	for_each_bit (acc, r->accesses) {
		if (!(r->step->rw[acc] & XP_AWAIT))
			continue;
		for_each_unknown_write (ref, x, r, acc)
			if (!(rw_of(x, ref) & XP_WAKE))
				reverse(x, REF_EVENT(ref), r);
	}
}

/*
 * For each other process (by its lane) its newest conflicting event that is not in @clk.
 * Return: a mask of these lanes.
 */
static u64 newest_conflicts(struct xp *x, const struct racer *r, clock_vec *clk,
			    s16 newest_of[XP_MAX_PROCS])
{
	u64 lanes = 0;

	for_each_bit (acc, r->accesses) {
		const struct object *obj = object_of(x, r->step, acc);
		access_ref ref = newest(x, r->step, acc);

		if (unlikely(x->opt->plant & XP_PLANT_RMW) && r->step->rw[acc] & XP_WRITE)
			ref = obj->last_write;
		if (unlikely(x->opt->plant & XP_PLANT_CLOCK) && obj->last)
			join(x, clk, REF_EVENT(obj->last));
		for (; ref; ref = older(x, XP_WRITE, ref)) {
			unsigned earlier = REF_EVENT(ref), lane = x->frame[earlier].lane;

			if (lane != x->lane[r->proc] && !has(x, clk, earlier) &&
			    (!(lanes & BIT(lane)) || newest_of[lane] < (int)earlier)) {
				lanes |= BIT(lane);
				newest_of[lane] = earlier;
			}
			if (rw_of(x, ref) & XP_WRITE)
				break; /* older accesses happen before this one */
		}
	}
	return lanes;
}

/*
 * The immediate races of the step: its newest conflicts, from the newest to the oldest of these,
 * without those that happen before a newer one. @clk: what its process knew of, before and after.
 */
static void reverse_races(struct xp *x, const struct racer *r, clock_vec *clk)
{
	s16 newest_of[XP_MAX_PROCS];
	u64 lanes = newest_conflicts(x, r, clk, newest_of);
	bool planted = false;

	while (lanes) {
		unsigned lane = __builtin_ctzll(lanes), earlier;

		for_each_bit (other, lanes)
			if (newest_of[other] > newest_of[lane])
				lane = other;
		lanes &= ~BIT(lane);
		earlier = newest_of[lane];
		if (has(x, clk, earlier))
			continue;
		if (!planted && !irreversible(&x->frame[earlier].step, r->step))
			reverse(x, earlier, r);
		planted = x->opt->plant & XP_PLANT_LAST;
		join(x, clk, earlier);
	}
}

/*
 * Has a write that the process did not know of turned the step into one that touches less? Then
 * it is not known what the step would have touched, nor which events had to come before it.
 */
static bool was_turned(struct xp *x, const struct racer *r)
{
	if (!x->world->turners || x->opt->plant & XP_PLANT_TURN)
		return false;
	for_each_bit (acc, r->accesses) {
		if (!object_of(x, r->step, acc)->turned)
			continue;
		for_each_unknown_write (ref, x, r, acc)
			if (rw_of(x, ref) & XP_TURN)
				return true;
	}
	return false;
}

/*
 * Accesses that can race at all. Not those whose newest conflicting access is a write of the same
 * process: accesses before that write happen before this step. Most accesses to objects that only
 * one CPU writes are of that kind.
 */
static unsigned may_race(struct xp *x, unsigned proc, const struct step *step)
{
	unsigned mask = 0;

	for (unsigned acc = 0; acc < step->nr; acc++) {
		access_ref ref = newest(x, step, acc);

		if (ref && (x->frame[REF_EVENT(ref)].proc != proc ||
			    ref != object_of(x, step, acc)->last_write))
			mask |= 1u << acc;
	}
	return mask;
}

static struct racer racer(struct xp *x, unsigned proc, const struct step *step)
{
	unsigned last = x->last[proc];

	return (struct racer){
		.proc = proc,
		.step = step,
		.accesses = may_race(x, proc, step),
		.known = last ? clock_of(x, last - 1) : zero_clock,
	};
}

/* The step at the top of the path was taken: add its races, its clock and its accesses. */
void race_event(struct xp *x)
{
	unsigned d = x->depth;
	struct frame *f = &x->frame[d];
	clock_vec *clk = clock_of(x, d);
	struct racer r = racer(x, f->proc, &f->step);

	copy_clock(x, clk, r.known);
	if (r.accesses) {
		r.uncertain = was_turned(x, &r);
		reverse_races(x, &r, clk);
		reverse_holdups(x, &r);
	}
	((s16 *)clk)[f->lane] = d + 1;
	f->before = x->last[f->proc];
	x->last[f->proc] = d + 1;
	for (unsigned acc = 0; acc < f->step.nr; acc++) {
		struct object *obj = object_of(x, &f->step, acc);

		f->prev[acc] = obj->last;
		f->prev_write[acc] = obj->last_write;
		obj->last = ACCESS_REF(d, acc);
		if (f->step.rw[acc] & XP_WRITE)
			obj->last_write = ACCESS_REF(d, acc);
	}
}

/* Undo race_event() for the step at the top of the path. */
void race_undo(struct xp *x)
{
	struct frame *f = &x->frame[x->depth];

	for (unsigned acc = f->step.nr; acc--;) {
		struct object *obj = object_of(x, &f->step, acc);

		obj->last = f->prev[acc];
		obj->last_write = f->prev_write[acc];
	}
	x->last[f->proc] = f->before;
}

/* What the next step of @proc would touch now. Return: false: there is none. */
static bool step_to_come(struct xp *x, unsigned proc, struct step *step)
{
	x->scratch.nr = 0;
	x->world->next(x->w, proc, &x->scratch);
	if (!x->scratch.nr)
		return false;
	objects_step(&x->objs, &x->scratch, step);
	return true;
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
	struct step step;

	if (x->opt->plant & XP_PLANT_END)
		return;
	for_each_bit (proc, x->procs & ~f->sleep) {
		struct racer r;

		if (!step_to_come(x, proc, &step))
			continue;
		r = racer(x, proc, &step);
		r.uncertain = was_turned(x, &r);
		if (f->enabled & BIT(proc)) {
			copy_clock(x, clk, r.known);
			reverse_races(x, &r, clk);
		}
		reverse_holdups(x, &r);
	}
}

/*
 * The next step of @turner may turn steps of others. A step that is held up now is then lost, so
 * it races as if the execution ended here. Events that belong before it may not have happened
 * yet, so it is @uncertain.
 */
void race_turn(struct xp *x, unsigned turner)
{
	const struct frame *f = &x->frame[x->depth];
	struct step turn, step;

	if (!(x->world->turners & BIT(turner)) || x->opt->plant & XP_PLANT_TURN)
		return;
	if (!step_to_come(x, turner, &turn) || !turn.turns)
		return;
	for_each_bit (proc, x->procs & ~f->enabled & ~BIT(turner)) {
		if (step_to_come(x, proc, &step) && step.awaits && steps_dependent(&turn, &step)) {
			struct racer r = racer(x, proc, &step);

			r.uncertain = true;
			reverse_holdups(x, &r);
		}
	}
}
