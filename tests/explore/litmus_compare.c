// SPDX-License-Identifier: GPL-2.0
/*
 * Random programs. Each kind of search must end in exactly the states that are reachable
 * (litmus_exact.c) and explore each trace exactly once: as many traces with source sets as with
 * sleep sets alone, and without reduction as many schedules as there are paths through the state
 * graph. Then with bugs planted into the engine: each must be found here.
 */
#include <string.h>
#include "engine.h"
#include "litmus_test.h"
#include <explore/plant.h>

#define STATES_MAX  100000
#define FINALS_MAX  20000
#define NONE_PATHS  20000 /* more interleavings are not run one by one */
#define SLEEP_PATHS 3000000

/* The errors of one kind of search, over all programs. */
struct tally {
	unsigned programs, states, counts, cuts, first;
	u64 schedules, blocked, transitions;
};

struct compare {
	struct xp_set *exact, *got;
	struct lm_program prog;
	struct lm_world w;
	struct xp_result res;
};

static void compare_open(struct compare *c)
{
	c->exact = xp_set_new(FINALS_MAX);
	c->got = xp_set_new(FINALS_MAX);
}

static void compare_close(struct compare *c)
{
	xp_set_free(c->exact);
	xp_set_free(c->got);
}

/* Where can the program end? Return: interleavings. */
static u64 reach(struct compare *c)
{
	u64 paths;

	lm_init(&c->w, &c->prog);
	xp_set_clear(c->exact);
	paths = lm_exact(&c->prog, c->exact, STATES_MAX);
	if (!paths)
		xp_die("litmus: a program has more than %d states", STATES_MAX);
	return paths;
}

/* Program @n, of 6 to 10 operations. */
static u64 load(struct compare *c, unsigned n, bool tso)
{
	lm_random(n, tso, 6 + n % 5, &c->prog);
	return reach(c);
}

static void add_final(void *ctx, void *w, const char *verdict)
{
	(void)verdict;
	xp_set_add(((struct compare *)ctx)->got, lm_fingerprint(w));
}

/* @expected: schedules, 0: not known */
static void run(struct compare *c, unsigned n, struct xp_options opt, u64 expected, struct tally *t)
{
	bool bad;

	opt.keep_going = true;
	opt.on_end = add_final;
	opt.ctx = c;
	xp_set_clear(c->got);
	xp_explore(&c->w.world, &c->w, &opt, &c->res);
	bad = !xp_set_equal(c->exact, c->got);
	t->states += bad;
	t->cuts += !c->res.complete;
	if (expected && c->res.schedules != expected) {
		t->counts++;
		bad = true;
	}
	if (bad && t->states + t->counts <= 2)
		t->first = n;
	t->programs++;
	t->schedules += c->res.schedules;
	t->blocked += c->res.blocked;
	t->transitions += c->res.transitions;
}

static void report(const struct tally *t, const char *how, const char *model)
{
	char text[LM_TEXT];
	struct lm_program prog;

	if (!lm_ok(t->programs && !t->states && !t->counts && !t->cuts,
		   "%u random programs, %s, %s: all final states, each trace once", t->programs,
		   model, how)) {
		lm_random(t->first, false, 6 + t->first % 5, &prog);
		lm_print(&prog, text, sizeof(text));
		lm_note("%u with other final states, %u with another number, %u cut; such as %u: %s",
			t->states, t->counts, t->cuts, t->first, text);
	}
	lm_note("%llu schedules, %llu blocked, %llu transitions", (unsigned long long)t->schedules,
		(unsigned long long)t->blocked, (unsigned long long)t->transitions);
}

bool lm_all_states(const struct lm_program *prog)
{
	static struct compare c;
	struct tally t = {0};

	compare_open(&c);
	c.prog = *prog;
	reach(&c);
	run(&c, 0, (struct xp_options){0}, 0, &t);
	run(&c, 0, (struct xp_options){.reduce = XP_SLEEP}, c.res.schedules, &t);
	run(&c, 0, (struct xp_options){.workers = 2}, c.res.schedules, &t);
	compare_close(&c);
	return !t.states && !t.counts && !t.cuts;
}

void lm_test_random(unsigned programs)
{
	static struct compare c;

	compare_open(&c);
	for (unsigned tso = 0; tso < 2; tso++) {
		struct tally dpor = {0}, sleep = {0}, none = {0}, parallel = {0};
		u64 paths = 0;

		for (unsigned n = 0; n < programs; n++) {
			u64 ways = load(&c, n, tso), traces;

			paths += ways;
			run(&c, n, (struct xp_options){.reduce = XP_DPOR}, 0, &dpor);
			traces = c.res.schedules;
			if (ways < SLEEP_PATHS)
				run(&c, n, (struct xp_options){.reduce = XP_SLEEP}, traces, &sleep);
			if (ways < NONE_PATHS)
				run(&c, n, (struct xp_options){.reduce = XP_NONE}, ways, &none);
			run(&c, n, (struct xp_options){.workers = 2}, traces, &parallel);
		}
		report(&dpor, "DPOR", tso ? "TSO" : "SC");
		report(&sleep, "sleep sets alone", tso ? "TSO" : "SC");
		report(&none, "all interleavings", tso ? "TSO" : "SC");
		report(&parallel, "DPOR by two workers", tso ? "TSO" : "SC");
		lm_note("%llu interleavings in all", (unsigned long long)paths);
	}
	compare_close(&c);
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
	{XP_PLANT_TURN, 0, "XP_TURN is ignored", "m! mf e=z i1 : y=2 | z=2 m! z=2 x=1 d=y~2"},
};

/* Run programs until one shows the bug. */
static void plant(struct compare *c, unsigned i, unsigned programs)
{
	struct xp_options opt = {.plant = plants[i].plant, .workers = plants[i].workers};
	unsigned n, tso = 0;
	struct tally t = {0};
	char text[LM_TEXT];

	if (plants[i].program) {
		lm_parse(plants[i].program, &c->prog);
		reach(c);
		run(c, 0, (struct xp_options){0}, 0, &t);
		if (!t.states)
			run(c, 0, opt, 0, &t);
		lm_ok(t.states == 1 && t.programs == 2 && !t.cuts,
		      "planted: %s: other final states", plants[i].what);
		lm_note("in: %s", plants[i].program);
		return;
	}
	for (n = 0; n < programs && !t.states; n++) {
		for (tso = 0; tso < 2 && !t.states; tso++) {
			load(c, n, tso);
			run(c, n, opt, 0, &t);
		}
	}
	lm_print(&c->prog, text, sizeof(text));
	if (lm_ok(t.states && !t.cuts, "planted: %s: other final states", plants[i].what))
		lm_note("found by program %u, %s: %s", n - 1, tso == 1 ? "SC" : "TSO", text);
}

void lm_test_plants(unsigned programs)
{
	static struct compare c;

	compare_open(&c);
	for (unsigned i = 0; i < sizeof(plants) / sizeof(plants[0]); i++)
		plant(&c, i, programs);
	compare_close(&c);
}
