// SPDX-License-Identifier: GPL-2.0
/*
 * Random programs. Each kind of search must end in exactly the states that are reachable
 * (litmus_exact.c) and explore each trace exactly once: as many traces with source sets as with
 * sleep sets alone, and without reduction as many schedules as there are paths through the state
 * graph. A search of states must end in these states as well, and meet each once. Then with bugs
 * planted into the engine: each must be found here.
 */
#include <string.h>
#include "engine.h"
#include "litmus_test.h"
#include <explore/plant.h>

#define NONE_PATHS  20000 /* more interleavings are not run one by one */
#define SLEEP_PATHS 3000000

/* The errors of one kind of search, over all programs. */
struct tally {
	unsigned programs, states, counts, cuts, first;
	u64 schedules, blocked, transitions;
};

/*
 * @finals:	fingerprints of the final states that are reachable
 * @seen:	shared by workers: in which of these a search has ended; the last is for others
 */
static struct lm_world *const w = &lm_machine;
static struct xp_result res;
static struct lm_rows finals;
static bool *seen;

/* Where can the program end? Return: interleavings. */
static u64 reach(void)
{
	seen = seen ? seen : xp_shared(LM_STATES + 1);
	lm_rows_close(&finals);
	lm_rows_open(&finals, 1);
	return lm_exact(w->prog, &finals);
}

/* Program @n, of 6 to 10 operations. */
static u64 load(unsigned n, bool tso)
{
	static struct lm_program prog;

	lm_random(n, tso, 6 + n % 5, &prog);
	lm_init(w, &prog);
	return reach();
}

static void see(void *ctx, void *v, const char *verdict)
{
	u64 print = lm_fingerprint(v);

	(void)ctx;
	(void)verdict;
	seen[lm_rows_find(&finals, &print)] = true;
}

/* @expected: schedules, 0: not known */
static void run(unsigned n, struct xp_options opt, u64 expected, struct tally *t)
{
	bool bad;

	opt.keep_going = true;
	opt.on_end = see;
	memset(seen, false, finals.nr + 1);
	xp_explore(&w->world, w, &opt, &res);
	bad = seen[finals.nr] || memchr(seen, false, finals.nr);
	t->states += bad;
	t->cuts += !res.complete;
	if (expected && res.schedules != expected) {
		t->counts++;
		bad = true;
	}
	if (bad && t->states + t->counts <= 2)
		t->first = n;
	t->programs++;
	t->schedules += res.schedules;
	t->blocked += res.blocked;
	t->transitions += res.transitions;
}

static void report(const struct tally *t, const char *how, const char *model)
{
	if (!lm_ok(t->programs && !t->states && !t->counts && !t->cuts,
		   "%u random programs, %s, %s: all final states, each %s once", t->programs, model,
		   how, strcmp(how, "states") ? "trace" : "of them")) {
		load(t->first, false);
		lm_note("%u with other final states, %u with another number, %u cut; such as %u: %s",
			t->states, t->counts, t->cuts, t->first, lm_text(w->prog));
	}
	lm_note("%llu schedules, %llu blocked, %llu transitions", (unsigned long long)t->schedules,
		(unsigned long long)t->blocked, (unsigned long long)t->transitions);
}

bool lm_all_states(void)
{
	struct tally t = {0};

	reach();
	run(0, (struct xp_options){0}, 0, &t);
	run(0, (struct xp_options){.reduce = XP_SLEEP}, res.schedules, &t);
	run(0, (struct xp_options){.workers = 2}, res.schedules, &t);
	run(0, (struct xp_options){.reduce = XP_STATES}, finals.nr, &t);
	return !t.states && !t.counts && !t.cuts;
}

void lm_test_random(void)
{
	for (unsigned tso = 0; tso < 2; tso++) {
		struct tally dpor = {0}, sleep = {0}, none = {0}, parallel = {0}, states = {0};
		u64 paths = 0;

		for (unsigned n = 0; n < lm_programs; n++) {
			u64 ways = load(n, tso), traces;

			paths += ways;
			run(n, (struct xp_options){.reduce = XP_DPOR}, 0, &dpor);
			traces = res.schedules;
			if (ways < SLEEP_PATHS)
				run(n, (struct xp_options){.reduce = XP_SLEEP}, traces, &sleep);
			if (ways < NONE_PATHS)
				run(n, (struct xp_options){.reduce = XP_NONE}, ways, &none);
			run(n, (struct xp_options){.workers = 2}, traces, &parallel);
			run(n, (struct xp_options){.reduce = XP_STATES}, finals.nr, &states);
		}
		report(&dpor, "DPOR", tso ? "TSO" : "SC");
		report(&sleep, "sleep sets alone", tso ? "TSO" : "SC");
		report(&none, "all interleavings", tso ? "TSO" : "SC");
		report(&parallel, "DPOR by two workers", tso ? "TSO" : "SC");
		report(&states, "states", tso ? "TSO" : "SC");
		lm_note("%llu interleavings in all", (unsigned long long)paths);
	}
}

static const struct {
	unsigned plant, workers;
	const char *what;
	const char *program; /* if random programs rarely show the bug */
} plants[] = {
	{XP_PLANT_RMW, 0, "a write forgets the reads before it", NULL},
	{XP_PLANT_SLEEP, 0, "a sleep set is not cleared", NULL},
	{XP_PLANT_BLOCKED, 0, "a step that is held up is in no race", NULL},
	{XP_PLANT_LAST, 0, "only the latest race is reversed", NULL},
	{XP_PLANT_INITIAL, 0, "a race is reversed only by its later process itself", NULL},
	{XP_PLANT_CLOCK, 0, "two reads are ordered", NULL},
	{XP_PLANT_END, 0, "a step that is never taken is in no race", NULL},
	{XP_PLANT_SPLIT, 2, "workers leave out the last job", NULL},
	{XP_PLANT_STATE, 0, "states that differ are taken for one", NULL},
	{XP_PLANT_TURN, 0, "XP_TURN is ignored", "m! mf e=z i1 : y=2 | z=2 m! z=2 x=1 d=y~2"},
};

/* Run programs until one shows the bug. */
static void plant(unsigned i)
{
	struct xp_options opt = {.reduce = plants[i].plant == XP_PLANT_STATE ? XP_STATES : XP_DPOR,
				 .plant = plants[i].plant,
				 .workers = plants[i].workers};
	unsigned n, tso = 0;
	struct tally t = {0};

	if (plants[i].program) {
		lm_open(plants[i].program, false);
		reach();
		run(0, (struct xp_options){0}, 0, &t);
		if (!t.states)
			run(0, opt, 0, &t);
		lm_ok(t.states == 1 && t.programs == 2 && !t.cuts,
		      "planted: %s: other final states", plants[i].what);
		lm_note("in: %s", plants[i].program);
		return;
	}
	for (n = 0; n < lm_programs && !t.states; n++) {
		for (tso = 0; tso < 2 && !t.states; tso++) {
			load(n, tso);
			run(n, opt, 0, &t);
		}
	}
	if (lm_ok(t.states && !t.cuts, "planted: %s: other final states", plants[i].what))
		lm_note("found by program %u, %s: %s", n - 1, tso == 1 ? "SC" : "TSO",
			lm_text(w->prog));
}

void lm_test_plants(void)
{
	for (unsigned i = 0; i < sizeof(plants) / sizeof(plants[0]); i++)
		plant(i);
}
