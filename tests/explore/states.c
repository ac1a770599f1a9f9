// SPDX-License-Identifier: GPL-2.0
/*
 * XP_STATES: each state once. The states that the search has been in are kept as the world's
 * number of them, state(), each with the set of processes that slept there every time. A state
 * that is met again is left, unless a process is awake now that always slept before: then only
 * that one is explored (Godefroid: Partial-Order Methods for the Verification of Concurrent
 * Systems, 1996). README.md has the proof.
 *
 * Two states may have one number by chance: once in some 300,000 searches of ten million states.
 */
#include <stdlib.h>
#include "engine.h"
#include <explore/plant.h>

#define FIRST_SIZE (1u << 12)
#define MOST	   (1u << 24) /* states that are kept: 256 MiB */

/* @hash: 0: a free place; @asleep: processes that slept each time */
struct state {
	u64 hash, asleep;
};

static struct state *find(struct state *table, u64 size, u64 hash)
{
	u64 i = hash;

	while (table[i & (size - 1)].hash && table[i & (size - 1)].hash != hash)
		i++;
	return &table[i & (size - 1)];
}

static void resize(struct states *s, u64 size)
{
	struct state *table = calloc(size, sizeof(*table));

	if (!table)
		xp_die("no memory for %llu states", (unsigned long long)size);
	for (u64 i = 0; i < s->size; i++)
		if (s->table[i].hash)
			*find(table, size, s->table[i].hash) = s->table[i];
	free(s->table);
	s->table = table;
	s->size = size;
}

void states_open(struct states *s)
{
	*s = (struct states){0};
	resize(s, FIRST_SIZE);
}

void states_close(struct states *s)
{
	free(s->table);
	s->table = NULL;
}

static u64 hash_of(struct xp *x)
{
	u64 h = x->world->state(x->w) * 0x9e3779b97f4a7c15ULL;

	h ^= h >> 32;
	if (x->opt->plant & XP_PLANT_STATE)
		h &= 63;
	return h ? h : 1;
}

bool states_enter(struct xp *x, u64 can, u64 *explore)
{
	struct frame *f = &x->frame[x->depth];
	struct states *s = &x->states;
	struct state *st;
	u64 hash = hash_of(x);

	if (s->nr * 2 >= s->size && s->size < 2 * MOST)
		resize(s, 2 * s->size);
	st = find(s->table, s->size, hash);
	if (st->hash) {
		*explore = st->asleep & ~f->sleep & can;
		st->asleep &= f->sleep;
		f->sleep = st->asleep;
		return false;
	}
	*explore = can & ~f->sleep;
	if (s->nr == MOST) {
		xp_cut(x, "more states than can be kept");
		x->stop = true;
		return true;
	}
	x->res->states = ++s->nr;
	*st = (struct state){hash, f->sleep};
	return true;
}

#define SAMPLE 200 /* executions */
#define TURN   8 /* steps of one process in a row, on average */

/* A random execution from reset(). Adds its states, and those that were met, to the sums. */
static void sample(struct xp *x, u64 *rnd, unsigned *all, unsigned *met)
{
	unsigned p = 0;
	u64 can;

	x->world->reset(x->w);
	for (unsigned n = 0; n < x->max_depth && (can = x->world->enabled(x->w)); n++) {
		p = random_turn(rnd, can, p, TURN);
		x->scratch.nr = 0;
		x->world->step(x->w, p, &x->scratch);
		++*all;
		*met += find(x->states.table, x->states.size, hash_of(x))->hash != 0;
	}
}

double states_share(struct xp *x)
{
	unsigned all = 0, met = 0;
	u64 rnd = 1;

	for (unsigned i = 0; i < SAMPLE; i++)
		sample(x, &rnd, &all, &met);
	return all ? (double)met / all : 0;
}
