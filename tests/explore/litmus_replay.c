// SPDX-License-Identifier: GPL-2.0
/* Replay strings, replayed schedules, and schedules made short. */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus_test.h"
#include <explore/replay.h>

static struct lm_world *const w = &lm_machine;
static struct xp_schedule sched, sched2;
static struct xp_run run;
static char text[XP_FORMAT_MAX], text2[XP_FORMAT_MAX];

static void strings(void)
{
	static const char *const bad[] = {"a3-", "3a", "a0", "a99999", "_z", "a5000000000", " a"};
	bool good = true;

	sched.nr = 0;
	for (unsigned p = 0; p < XP_MAX_PROCS; p++)
		for (unsigned n = 0; n < 1 + p % 13; n++)
			sched.proc[sched.nr++] = p;
	xp_format(&sched, text);
	good &= !xp_parse(text, &sched2) && sched2.nr == sched.nr &&
		!memcmp(sched.proc, sched2.proc, sched.nr);
	good &= !xp_parse("a3ba2", &sched) && sched.nr == 6 && sched.proc[3] == 1;
	good &= !xp_parse("", &sched) && !sched.nr;
	xp_parse("a1b1a2", &sched);
	xp_format(&sched, text);
	good &= !strcmp(text, "aba2");
	lm_ok(good, "a schedule becomes a string and back");
	good = true;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		good &= xp_parse(bad[i], &sched) != NULL;
	lm_ok(good, "strings that are no replay strings are refused");
}

/* Red if each thread has missed the other's store. Whether stores have drained does not matter. */
static const char *judge(const struct lm_world *world, bool end)
{
	const struct lm_state *s = &world->s;

	(void)end;
	return s->cpu[0].reg[0] == 7 && s->cpu[1].reg[1] == 7 ? "both read the old value" : NULL;
}

static const char sb[] = "x=7 y=7 l! l. c=z c=z z=1 z=2 mf x=1 a=y c=z z=3 | "
			 "d=z d=z z=4 y?7 z=5 y=1 b=x z=6 d=z";

static void open_sb(void)
{
	lm_open(sb, true);
	w->judge = judge;
}

static void follow(void)
{
	struct xp_options opt = {.reduce = XP_DPOR};
	static struct xp_result res;
	bool good;

	open_sb();
	good = xp_explore(&w->world, w, &opt, &res) == XP_RED;
	good &= xp_replay(&w->world, w, &res.failing, false, NULL, NULL, &run) == XP_RED;
	good &= !strcmp(run.verdict, res.verdict) && run.did.nr == res.failing.nr;
	lm_ok(good, "a failing schedule fails again when replayed");
	good = !xp_parse("ab9", &sched);
	good &= xp_replay(&w->world, w, &sched, false, NULL, NULL, &run) == XP_CUT;
	lm_ok(good && strstr(run.error, "step 5") && strstr(run.error, "cannot run"),
	      "one that cannot be followed is reported: %s", run.error);
	good = !xp_parse("ap", &sched);
	good &= xp_replay(&w->world, w, &sched, false, NULL, NULL, &run) == XP_CUT;
	lm_ok(good && strstr(run.error, "does not exist"), "and so is an unknown process");
	good = !xp_parse("a2", &sched);
	good &= xp_replay(&w->world, w, &sched, false, NULL, NULL, &run) == XP_PASS && !run.ended;
	good &= xp_replay(&w->world, w, &sched, true, NULL, NULL, &run) == XP_RED && run.did.nr > 2;
	lm_ok(good, "a schedule that ends early: the run stops there, or goes on");
}

/* A random execution that fails, if there is one with this seed. */
static bool stumble(u64 seed)
{
	struct xp_step unused;

	w->world.reset(w);
	sched.nr = 0;
	for (;;) {
		u64 can = w->world.enabled(w);
		unsigned p;

		if (w->world.verdict(w, false))
			return true;
		if (!can)
			return false;
		p = random_of(&seed, can);
		sched.proc[sched.nr++] = p;
		unused.nr = 0;
		w->world.step(w, p, &unused);
	}
}

static void minimise(void)
{
	struct xp_cost before = {0}, after = {0};
	unsigned found = 0, least = 0, runs = 0;
	bool good = true;

	open_sb();
	for (u64 seed = 0; seed < 2000; seed++) {
		struct xp_cost a, b;
		int n;

		if (!stumble(seed))
			continue;
		a = xp_cost_of(&w->world, &sched);
		n = xp_minimise(&w->world, w, &sched, 0);
		b = xp_cost_of(&w->world, &sched);
		good &= n > 0 && n <= 20000;
		good &= xp_replay(&w->world, w, &sched, false, NULL, NULL, &run) == XP_RED &&
			!strcmp(run.verdict, "both read the old value");
		found++;
		runs += n > 0 ? n : 0;
		/* Thread 1 cannot begin before y=7 has drained, nor go on before the fence. */
		least += b.switches == 1 && b.choices == 5 && b.steps == 23;
		before.switches += a.switches;
		before.choices += a.choices;
		before.steps += a.steps;
		after.switches += b.switches;
		after.choices += b.choices;
		after.steps += b.steps;
	}
	lm_ok(good && found > 20, "%u random failing schedules still fail when made short", found);
	lm_ok(least == found, "each of them is as short as it can be");
	found = found ? found : 1;
	lm_note("mean switches %.1f to %.1f, hardware choices %.1f to %.1f, steps %.1f to %.1f, %u runs",
		(double)before.switches / found, (double)after.switches / found,
		(double)before.choices / found, (double)after.choices / found,
		(double)before.steps / found, (double)after.steps / found, runs / found);
	xp_format(&sched, text);
	lm_note("for instance %s", text);
	xp_parse(text, &sched2);
	xp_minimise(&w->world, w, &sched2, 0);
	xp_format(&sched2, text2);
	lm_ok(!strcmp(text, text2), "a short schedule stays as it is");
	xp_parse("a", &sched);
	lm_ok(xp_minimise(&w->world, w, &sched, 0) < 0, "one that does not fail is not made short");
}

static void history(void)
{
	char *out = NULL, *out2 = NULL;
	size_t size;
	FILE *f;

	open_sb();
	for (u64 seed = 0; !stumble(seed); seed++)
		;
	xp_minimise(&w->world, w, &sched, 0);
	f = open_memstream(&out, &size);
	xp_print_history(f, &w->world, w, &sched);
	fclose(f);
	f = open_memstream(&out2, &size);
	xp_print_history(f, &w->world, w, &sched);
	fclose(f);
	lm_ok(!strcmp(out, out2) && strstr(out, "T1: y=1") && strstr(out, "B0: x=7"),
	      "a history is printed, and the same one again");
	for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n"))
		lm_note("%s", line);
	free(out);
	free(out2);
}

void lm_test_replay(void)
{
	strings();
	follow();
	minimise();
	history();
}
