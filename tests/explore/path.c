// SPDX-License-Identifier: GPL-2.0
/*
 * Replay of the path. A step cannot be undone: after going back the world is reset, or restored
 * to the newest checkpoint of the path, and the steps from there to the top are replayed.
 */
#include "engine.h"

/* The world is in the state after @depth steps of the path. Save it, if it is due. */
void path_checkpoint(struct xp *x, unsigned depth)
{
	if (depth % x->every || depth / x->every <= x->saved || !x->world->save ||
	    x->saved == XP_MAX_SLOTS)
		return;
	x->world->save(x->w, x->saved++);
}

/* Back to the newest checkpoint of the path, or to the beginning. Return: the depth of that. */
static unsigned restore(struct xp *x)
{
	if (x->saved && x->world->restore(x->w, x->saved - 1))
		return x->saved * x->every;
	x->saved = 0;
	x->world->reset(x->w);
	return 0;
}

/* For a world with again(): all steps in one call, without checkpoints. */
static void run_at_once(struct xp *x, unsigned from)
{
	unsigned char procs[XP_MAX_DEPTH];

	for (unsigned i = from; i < x->depth; i++)
		procs[i] = x->frame[i].proc;
	x->world->again(x->w, procs + from, x->depth - from);
}

static void run_path(struct xp *x, unsigned from)
{
	x->res->replayed += x->depth - from;
	if (x->world->again) {
		run_at_once(x, from);
		return;
	}
	for (unsigned i = from; i < x->depth; i++) {
		path_checkpoint(x, i);
		x->scratch.nr = 0;
		x->world->step(x->w, x->frame[i].proc, &x->scratch);
	}
}

bool path_rerun(struct xp *x)
{
	unsigned from = restore(x);
	u64 restored;

	run_path(x, from);
	x->dirty = false;
	if (!from || !x->opt->check_restore)
		return true;
	restored = x->world->image(x->w);
	x->saved = 0;
	run_path(x, restore(x));
	return x->world->image(x->w) == restored;
}
