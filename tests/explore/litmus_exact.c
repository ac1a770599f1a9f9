// SPDX-License-Identifier: GPL-2.0
/*
 * All states of a program, without the engine: every reachable state is visited once (states are
 * compared by all their bytes), and the number of paths from each to an end is computed.
 */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus_test.h"

struct exact {
	struct lm_world w;
	struct lm_rows *finals, states;
	u64 *paths; /* from each state to an end */
};

u64 lm_hash(const void *bytes, size_t size)
{
	const u8 *b = bytes;
	u64 h = 0x243f6a8885a308d3ULL, v;

	for (size_t i = 0; i < size; i += 8) {
		memcpy(&v, b + i, 8);
		h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	return h;
}

static u64 visit(struct exact *e)
{
	const struct xp_world *world = &e->w.world;
	size_t me = e->states.nr, same;
	u64 paths = 0, can, hash;
	struct xp_step unused;

	if (me == LM_STATES)
		xp_die("litmus: a program has more than %d states", LM_STATES);
	same = lm_rows_add(&e->states, (const u64 *)&e->w.s);
	if (same < me)
		return e->paths[same];
	can = world->enabled(&e->w);
	if (!can) {
		hash = lm_fingerprint(&e->w);
		lm_rows_add(e->finals, &hash);
		paths = 1;
	}
	for_each_bit (p, can) {
		memcpy(&e->w.s, e->states.row + me * e->states.width, e->w.bytes);
		unused.nr = 0;
		world->step(&e->w, p, &unused);
		paths += visit(e);
		if (paths > UINT32_MAX)
			paths = UINT32_MAX;
	}
	e->paths[me] = paths;
	return paths;
}

u64 lm_exact(const struct lm_program *prog, struct lm_rows *finals)
{
	struct exact e = {.finals = finals};
	u64 paths;

	lm_init(&e.w, prog);
	e.w.world.reset(&e.w);
	lm_rows_open(&e.states, e.w.bytes / sizeof(u64));
	e.paths = malloc(LM_STATES * sizeof(*e.paths));
	if (!e.paths)
		xp_die("litmus: no memory for %d states", LM_STATES);
	paths = visit(&e);
	free(e.paths);
	lm_rows_close(&e.states);
	return paths;
}
