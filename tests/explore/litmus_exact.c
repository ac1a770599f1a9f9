// SPDX-License-Identifier: GPL-2.0
/*
 * What a program can do, without the engine: every reachable state once, told apart by all
 * its bytes, and from each final state back the number of ways to it.
 */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus.h"

struct exact {
	struct lm_world w;
	struct xp_set *finals;
	size_t nr, max, slots;
	struct {
		struct lm_state s;
		u64 paths; /* from here to an end */
	} * seen;
	u32 *slot; /* index + 1 */
};

u64 lm_hash(const struct lm_state *s)
{
	const u8 *b = (const u8 *)s;
	u64 h = 0x243f6a8885a308d3ULL, v;

	_Static_assert(sizeof(*s) % 8 == 0, "whole words");
	for (size_t i = 0; i < sizeof(*s); i += 8) {
		memcpy(&v, b + i, 8);
		h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	return h;
}

static size_t find(struct exact *e, const struct lm_state *s)
{
	size_t i = lm_hash(s) >> 7;

	for (;; i++) {
		i &= e->slots - 1;
		if (!e->slot[i] || !memcmp(&e->seen[e->slot[i] - 1].s, s, sizeof(*s)))
			return i;
	}
}

static u64 visit(struct exact *e)
{
	const struct xp_world *world = &e->w.world;
	size_t at = find(e, &e->w.s), me;
	u64 paths = 0, can;
	struct xp_step unused;

	if (e->slot[at])
		return e->seen[e->slot[at] - 1].paths;
	if (e->nr == e->max)
		return 0;
	me = e->nr++;
	e->slot[at] = me + 1;
	e->seen[me].s = e->w.s;
	can = world->enabled(&e->w);
	if (!can) {
		xp_set_add(e->finals, lm_hash(&e->w.s));
		paths = 1;
	}
	for (; can; can &= can - 1) {
		e->w.s = e->seen[me].s;
		unused.nr = 0;
		world->step(&e->w, __builtin_ctzll(can), &unused);
		paths += visit(e);
		if (paths > UINT32_MAX)
			paths = UINT32_MAX;
	}
	e->seen[me].paths = paths;
	return paths;
}

u64 lm_exact(const struct lm_program *prog, struct xp_set *finals, size_t max)
{
	struct exact e = {.finals = finals, .max = max, .slots = 64};
	u64 paths;

	while (e.slots < max * 2)
		e.slots *= 2;
	lm_init(&e.w, prog);
	e.seen = malloc(max * sizeof(*e.seen));
	e.slot = calloc(e.slots, sizeof(*e.slot));
	if (!e.seen || !e.slot)
		xp_die("litmus: no memory for %zu states", max);
	paths = visit(&e);
	if (e.nr == max)
		paths = 0;
	free(e.seen);
	free(e.slot);
	return paths;
}
