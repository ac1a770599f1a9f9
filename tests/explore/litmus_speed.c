// SPDX-License-Identifier: GPL-2.0
/*
 * Speed, and the reduction against every interleaving. Speeds are per second of CPU time: the
 * host may have other work. The bounds are those that scenarios of the kernel need.
 */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus_outcome.h"
#include "litmus_test.h"

const char lm_big[] =
	"x=1 z=1 a=y z=2 b=z x=2 c=y z=3 a=z x=3 z=1 b=z c=z mf a=z x=1 z=2 d=y z=1 mf a=z | "
	"y=1 w=1 a=x w=2 b=w y=2 c=x w=3 a=w y=3 w=1 b=w c=w mf a=w y=1 w=2 d=x w=1 mf a=w";

/*
 * Some seconds of work for one worker, so that the fixed costs of workers, and a late start of one
 * of them, are small in comparison.
 */
static const char longer[] =
	"x=1 z=1 a=y z=2 b=z x=2 c=y z=3 a=z x=3 z=1 b=z c=z mf a=z x=1 z=2 d=y z=1 mf a=z x=2 b=y | "
	"y=1 w=1 a=x w=2 b=w y=2 c=x w=3 a=w y=3 w=1 b=w c=w mf a=w y=1 w=2 d=x w=1 mf a=w y=2 b=x";

static struct xp_result res;

static void speed(void)
{
	double one, schedules, transitions, all;

	lm_search(lm_big, true, (struct xp_options){0}, &res);
	one = res.busiest;
	schedules = (double)res.schedules / one;
	transitions = (double)res.transitions / one;
	all = (double)(res.transitions + res.replayed) / one;
	if (!lm_ok(res.complete && res.deepest >= 60 && schedules > 50000,
		   "two CPUs, %u steps: more than 50,000 schedules/s", res.deepest))
		lm_note("complete: %d", res.complete);
	lm_note("%llu schedules, %llu blocked, %llu transitions in %.2f s of CPU time",
		(unsigned long long)res.schedules, (unsigned long long)res.blocked,
		(unsigned long long)res.transitions, one);
	lm_note("%.0f schedules/s, %.2f million transitions/s, %.1f with those replayed", schedules,
		transitions / 1e6, all / 1e6);
}

static void scaling(void)
{
	double one = 0, two = 0;
	u64 traces = 0;
	bool complete = true;

	/* CPU time grows when other programs use the caches: take the better of two runs. */
	for (unsigned i = 0; i < 6 && (!two || one / two < 1.7); i++) {
		lm_search(longer, true, (struct xp_options){0}, &res);
		traces = res.schedules;
		complete &= res.complete;
		one = !one || res.busiest < one ? res.busiest : one;
		lm_search(longer, true, (struct xp_options){.workers = 2}, &res);
		two = !two || res.busiest < two ? res.busiest : two;
	}
	lm_ok(complete && res.complete && res.schedules == traces && one / two >= 1.7,
	      "two workers: the same schedules, at least 1.7 times as fast");
	lm_note("%llu schedules, %u jobs; one needs %.2f s of CPU time, the busier of two %.2f s: "
		"%.2f times as fast",
		(unsigned long long)traces, res.jobs, one, two, one / two);
}

static const struct {
	const char *program, *show;
	bool tso;
} ratios[] = {
	{"x=1 a=y x=2 b=y c=z mf | z=1 a=x z=2 b=w w=1 w=2", "xyzw", false},
	{"x=1 a=y x=2 | y=1 b=x y=2", "xyab", true},
	{"l! x=1 x=2 x=1 l. a=z b=w c=z | l! x=3 x=4 x=3 l. a=z b=w c=z", "x0a0b1a1b", false},
	{"l! x=1 x=2 l. a=z b=w | l! x=3 l. a=z b=w", "x0a0b1a1b", true},
	{"x=1 a=x x=2 | y=1 b=y y=2 | z=1 c=z z=2", "xyz", false},
	{"x=1 z=1 z=2 w1 a=z b=z a=z | b=y cli y=1 b=y sti : c=x x=2", "xy0a0b1b1c", false},
};

static void ratio(unsigned i)
{
	const char *show = ratios[i].show;
	char *few, *all, why[200], why_none[200];
	u64 dpor, none;

	lm_search(ratios[i].program, ratios[i].tso, (struct xp_options){0}, &res);
	dpor = res.schedules + res.blocked;
	lm_search(ratios[i].program, ratios[i].tso, (struct xp_options){.reduce = XP_NONE}, &res);
	none = res.schedules;
	few = lm_outcomes(lm_machine.prog, show, XP_DPOR, false, 0, why, sizeof(why));
	all = lm_outcomes(lm_machine.prog, show, XP_NONE, false, 0, why_none, sizeof(why_none));
	if (!lm_ok(!*why && !*why_none && !strcmp(few, all) && dpor * 100 <= none,
		   "DPOR %llu, every interleaving %llu, the same outcomes: %s",
		   (unsigned long long)dpor, (unsigned long long)none, ratios[i].program))
		lm_note("%s%s and %s%s", few, why, all, why_none);
	free(few);
	free(all);
}

void lm_test_speed(void)
{
	speed();
	scaling();
	for (unsigned i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++)
		ratio(i);
}
