/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_HAPPENS_BEFORE_H
#define EXPLORE_HAPPENS_BEFORE_H

#include "engine.h"

/*
 * Happens-before on the path, for race.c: clocks, and the accesses of an object from the newest to
 * the oldest.
 */
static inline clock_vec *clock_of(struct xp *x, unsigned event)
{
	return x->clk + (size_t)event * x->stride;
}

static inline void copy_clock(struct xp *x, clock_vec *to, const clock_vec *from)
{
	for (unsigned v = 0; v < x->stride; v++)
		to[v] = from[v];
}

/* What @event has is added to @to. */
static inline void join(struct xp *x, clock_vec *to, unsigned event)
{
	const clock_vec *c = clock_of(x, event);

	for (unsigned v = 0; v < x->stride; v++) {
		clock_vec more = to[v] > c[v];

		to[v] = (to[v] & more) | (c[v] & ~more);
	}
}

/* Does the clock have the event, so that this is before what the clock is of? */
static inline bool has(struct xp *x, const clock_vec *clk, unsigned event)
{
	return ((const s16 *)clk)[x->frame[event].lane] > (int)event;
}

static inline bool happens_after(struct xp *x, unsigned event, unsigned earlier)
{
	return has(x, clock_of(x, event), earlier);
}

static inline u8 rw_of(struct xp *x, access_ref ref)
{
	return x->frame[REF_EVENT(ref)].step.rw[REF_ACC(ref)];
}

static inline struct object *object_of(struct xp *x, const struct step *step, unsigned acc)
{
	return &x->objs.obj[step->obj[acc]];
}

/* The newest access that conflicts with access @acc of @step; older() gives the one before it. */
static inline access_ref newest(struct xp *x, const struct step *step, unsigned acc)
{
	const struct object *obj = object_of(x, step, acc);

	return step->rw[acc] & XP_WRITE ? obj->last : obj->last_write;
}

static inline access_ref older(struct xp *x, u8 rw, access_ref ref)
{
	const struct frame *f = &x->frame[REF_EVENT(ref)];

	return rw & XP_WRITE ? f->prev[REF_ACC(ref)] : f->prev_write[REF_ACC(ref)];
}

#endif
