// SPDX-License-Identifier: GPL-2.0
/*
 * Make a failing schedule readable. Each attempt changes the best schedule so far, leaves out
 * steps that then cannot run, and goes on in the default order where the schedule ends. It is
 * accepted if the verdict is the same and the cost lower. Attempts are made from coarse to fine,
 * until none is accepted.
 */
#include <string.h>
#include "engine.h"
#include <explore/replay.h>

#define RUNS_DEFAULT 20000

struct minimiser {
	const struct xp_world *world;
	void *w;
	unsigned runs, max_runs;
	char verdict[XP_VERDICT_MAX];
	struct xp_schedule best, try;
	struct xp_cost cost;
	struct xp_run run;
};

struct xp_cost xp_cost_of(const struct xp_world *world, const struct xp_schedule *s)
{
	struct xp_cost c = {.steps = s->nr};
	int cpu = -1;

	for (unsigned i = 0; i < s->nr; i++) {
		unsigned p = s->proc[i];

		c.pieces += !i || s->proc[i - 1] != p;
		if (!(world->essential & BIT(p))) {
			c.choices++;
			continue;
		}
		c.switches += cpu >= 0 && cpu != (int)p;
		cpu = p;
	}
	return c;
}

static bool cheaper(struct xp_cost a, struct xp_cost b)
{
	if (a.switches != b.switches)
		return a.switches < b.switches;
	if (a.choices != b.choices)
		return a.choices < b.choices;
	if (a.steps != b.steps)
		return a.steps < b.steps;
	return a.pieces < b.pieces;
}

u64 xp_choices(const struct xp_world *world, const struct xp_schedule *s)
{
	u64 mask = 0;

	for (unsigned i = 0; i < s->nr; i++)
		mask |= BIT(s->proc[i]);
	return mask & ~world->essential;
}

static bool spent(const struct minimiser *m)
{
	return m->runs >= m->max_runs;
}

/* Is @try better than @best? Then it becomes @best. */
static bool attempt(struct minimiser *m)
{
	struct xp_cost cost;

	if (spent(m))
		return false;
	m->runs++;
	if (xp_follow(m->world, m->w, &m->try, true, true, NULL, NULL, &m->run) != XP_RED ||
	    strcmp(m->run.verdict, m->verdict))
		return false;
	cost = xp_cost_of(m->world, &m->run.did);
	if (!cheaper(cost, m->cost))
		return false;
	m->best = m->run.did;
	m->cost = cost;
	return true;
}

/* @try = the best one without steps [from, to) */
static void without(struct minimiser *m, unsigned from, unsigned to)
{
	m->try.nr = m->best.nr - (to - from);
	memcpy(m->try.proc, m->best.proc, from);
	memcpy(m->try.proc + from, m->best.proc + to, m->best.nr - to);
}

/* @try = the best one with steps [from, to) moved to before step @at, outside of them */
static void moved(struct minimiser *m, unsigned from, unsigned to, unsigned at)
{
	/* Steps [first, middle) and [middle, last) change places. */
	unsigned first = at < from ? at : from, middle = at < to ? from : to;
	unsigned last = at < to ? to : at, n = last - middle;
	unsigned char *t = m->try.proc, *b = m->best.proc;

	m->try.nr = m->best.nr;
	memcpy(t, b, m->best.nr);
	memcpy(t + first, b + middle, n);
	memcpy(t + first + n, b + first, middle - first);
}

static unsigned piece_end(const struct xp_schedule *s, unsigned i)
{
	unsigned j = i + 1;

	while (j < s->nr && s->proc[j] == s->proc[i])
		j++;
	return j;
}

/* Leave out pieces, or single steps, of the processes in @procs. */
static bool drop_pieces(struct minimiser *m, bool whole, u64 procs)
{
	bool better = false;

	for (unsigned i = 0; i < m->best.nr && !spent(m);) {
		unsigned to = whole ? piece_end(&m->best, i) : i + 1;

		without(m, i, to);
		if (procs & BIT(m->best.proc[i]) && attempt(m))
			better = true;
		else
			i = to;
	}
	return better;
}

/* Leave out all steps of a hardware choice; then single steps. */
static bool drop_choices(struct minimiser *m)
{
	bool better = false;

	for_each_bit (p, xp_choices(m->world, &m->best)) {
		m->try.nr = 0;
		for (unsigned i = 0; i < m->best.nr; i++)
			if (m->best.proc[i] != p)
				m->try.proc[m->try.nr++] = m->best.proc[i];
		better |= attempt(m);
	}
	return better | drop_pieces(m, false, ~m->world->essential);
}

static bool cut_tail(struct minimiser *m)
{
	bool better = false;

	for (unsigned i = 0; i < m->best.nr && !spent(m); i = piece_end(&m->best, i)) {
		without(m, i, m->best.nr);
		better |= attempt(m);
	}
	return better;
}

/* Join a piece, or its first or last steps, with the previous or next one of its process. */
static bool join_pieces(struct minimiser *m)
{
	bool better = false;

	for (unsigned i = 0; i < m->best.nr && !spent(m);) {
		unsigned p = m->best.proc[i], end = piece_end(&m->best, i), other = end;
		bool joined = false;

		while (other < m->best.nr && m->best.proc[other] != p)
			other++;
		if (other < m->best.nr) {
			unsigned other_end = piece_end(&m->best, other);

			for (unsigned k = other_end; k > other && !joined; k--) {
				moved(m, other, k, end);
				joined = attempt(m);
			}
			for (unsigned k = i; k < end && !joined; k++) {
				moved(m, k, end, other);
				joined = attempt(m);
			}
		}
		better |= joined;
		if (!joined)
			i = end;
	}
	return better;
}

int xp_minimise(const struct xp_world *world, void *w, struct xp_schedule *s, unsigned max_runs)
{
	static struct minimiser m;
	bool better = true;

	m.world = world;
	m.w = w;
	m.runs = 1;
	m.max_runs = max_runs ? max_runs : RUNS_DEFAULT;
	if (xp_follow(world, w, s, false, false, NULL, NULL, &m.run) != XP_RED)
		return -1;
	memcpy(m.verdict, m.run.verdict, sizeof(m.verdict));
	m.best = m.run.did;
	m.cost = xp_cost_of(world, &m.best);
	while (better && !spent(&m)) {
		better = drop_choices(&m);
		better |= cut_tail(&m);
		better |= drop_pieces(&m, true, ~0ULL);
		better |= join_pieces(&m);
		better |= drop_pieces(&m, false, ~0ULL);
	}
	*s = m.best;
	return m.runs;
}
