// SPDX-License-Identifier: GPL-2.0
/*
 * All states of a program, without the engine: every reachable state is visited once (states are
 * compared by all their bytes), and the number of paths from each to an end is computed.
 */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus.h"

struct exact {
	struct lm_world w;
	struct xp_set *finals;
	size_t nr, max, slots;
	u8 *state; /* of e->w.bytes each */
	u64 *paths; /* from there to an end */
	u32 *slot; /* index + 1 */
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

static u8 *seen(const struct exact *e, size_t i)
{
	return e->state + i * e->w.bytes;
}

static size_t find(const struct exact *e)
{
	size_t i = lm_hash(&e->w.s, e->w.bytes) >> 7;

	for (;; i++) {
		i &= e->slots - 1;
		if (!e->slot[i] || !memcmp(seen(e, e->slot[i] - 1), &e->w.s, e->w.bytes))
			return i;
	}
}

static u64 visit(struct exact *e)
{
	const struct xp_world *world = &e->w.world;
	size_t at = find(e), me;
	u64 paths = 0, can;
	struct xp_step unused;

	if (e->slot[at])
		return e->paths[e->slot[at] - 1];
	if (e->nr == e->max)
		return 0;
	me = e->nr++;
	e->slot[at] = me + 1;
	memcpy(seen(e, me), &e->w.s, e->w.bytes);
	can = world->enabled(&e->w);
	if (!can) {
		xp_set_add(e->finals, lm_hash(&e->w.s, e->w.bytes));
		paths = 1;
	}
	for_each_bit (p, can) {
		memcpy(&e->w.s, seen(e, me), e->w.bytes);
		unused.nr = 0;
		world->step(&e->w, p, &unused);
		paths += visit(e);
		if (paths > UINT32_MAX)
			paths = UINT32_MAX;
	}
	e->paths[me] = paths;
	return paths;
}

u64 lm_exact(const struct lm_program *prog, struct xp_set *finals, size_t max)
{
	struct exact e = {.finals = finals, .max = max, .slots = 64};
	u64 paths;

	while (e.slots < max * 2)
		e.slots *= 2;
	lm_init(&e.w, prog);
	e.w.world.reset(&e.w);
	e.state = malloc(max * e.w.bytes);
	e.paths = malloc(max * sizeof(*e.paths));
	e.slot = calloc(e.slots, sizeof(*e.slot));
	if (!e.state || !e.paths || !e.slot)
		xp_die("litmus: no memory for %zu states", max);
	paths = visit(&e);
	if (e.nr == max)
		paths = 0;
	free(e.state);
	free(e.paths);
	free(e.slot);
	return paths;
}
