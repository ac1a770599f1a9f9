// SPDX-License-Identifier: GPL-2.0
/* Schedules as strings, and executions that follow one. */
#include <ctype.h>
#include <string.h>
#include "engine.h"
#include <explore/replay.h>

const char *xp_letter(unsigned p)
{
	static const char names[XP_MAX_PROCS][3] = {
		"a",  "b",  "c",  "d",	"e",  "f",  "g",  "h",	"i",  "j",  "k",  "l",	"m",
		"n",  "o",  "p",  "q",	"r",  "s",  "t",  "u",	"v",  "w",  "x",  "y",	"z",
		"A",  "B",  "C",  "D",	"E",  "F",  "G",  "H",	"I",  "J",  "K",  "L",	"M",
		"N",  "O",  "P",  "Q",	"R",  "S",  "T",  "U",	"V",  "W",  "X",  "Y",	"Z",
		"_a", "_b", "_c", "_d", "_e", "_f", "_g", "_h", "_i", "_j", "_k", "_l",
	};

	return p < XP_MAX_PROCS ? names[p] : "?";
}

void xp_format(const struct xp_schedule *s, char *buf)
{
	*buf = 0;
	for (unsigned i = 0, n; i < s->nr; i += n) {
		for (n = 1; i + n < s->nr && s->proc[i + n] == s->proc[i]; n++)
			;
		buf += sprintf(buf, "%s", xp_letter(s->proc[i]));
		if (n > 1)
			buf += sprintf(buf, "%u", n);
	}
}

const char *xp_parse(const char *text, struct xp_schedule *s)
{
	s->nr = 0;
	while (*text) {
		unsigned p, n = 1;

		for (p = 0; p < XP_MAX_PROCS; p++)
			if (!strncmp(text, xp_letter(p), strlen(xp_letter(p))))
				break;
		if (p == XP_MAX_PROCS)
			return "not a replay string: letters a-z, A-Z or _a-_l, each with an "
			       "optional number of steps";
		text += strlen(xp_letter(p));
		if (isdigit((unsigned char)*text)) {
			for (n = 0; isdigit((unsigned char)*text) && n <= XP_MAX_DEPTH; text++)
				n = n * 10 + (unsigned)(*text - '0');
			if (!n)
				return "a number of steps is 0";
		}
		if (n > XP_MAX_DEPTH - s->nr)
			return "longer than the longest execution";
		while (n--)
			s->proc[s->nr++] = p;
	}
	return NULL;
}

/* The default order: the last process as long as it can, but choices only if no CPU can run. */
static unsigned by_default(const struct xp_world *world, u64 can, const struct xp_schedule *did)
{
	u64 cpus = can & world->essential;

	if (did->nr && can & BIT(did->proc[did->nr - 1]) &&
	    (!cpus || cpus & BIT(did->proc[did->nr - 1])))
		return did->proc[did->nr - 1];
	return __builtin_ctzll(cpus ? cpus : can);
}

static bool set_verdict(struct xp_run *run, const char *verdict)
{
	if (!verdict)
		return false;
	snprintf(run->verdict, sizeof(run->verdict), "%s", verdict);
	return true;
}

enum xp_status xp_follow(const struct xp_world *world, void *w, const struct xp_schedule *s,
			 bool lenient, bool go_on,
			 void (*before_step)(void *ctx, void *w, unsigned i, unsigned p), void *ctx,
			 struct xp_run *run)
{
	struct xp_step scratch;

	run->did.nr = 0;
	run->verdict[0] = run->error[0] = 0;
	run->ended = false;
	world->reset(w);
	for (unsigned i = 0;; i++) {
		u64 can = world->enabled(w);
		unsigned p;

		if (world->verdict && set_verdict(run, world->verdict(w, false)))
			return XP_RED;
		if (!can || (!(can & world->essential) && world->enough && world->enough(w))) {
			run->ended = true;
			break;
		}
		while (lenient && i < s->nr && !(can & BIT(s->proc[i])))
			i++;
		if (i < s->nr)
			p = s->proc[i];
		else if (!go_on)
			return XP_PASS;
		else
			p = by_default(world, can, &run->did);
		if (p >= world->nr_procs || !(can & BIT(p))) {
			snprintf(run->error, sizeof(run->error),
				 "step %u of the schedule is of process %s, which %s", i + 1,
				 xp_letter(p),
				 p >= world->nr_procs ? "does not exist" : "cannot run there");
			return XP_CUT;
		}
		if (run->did.nr == XP_MAX_DEPTH) {
			snprintf(run->error, sizeof(run->error), "no end after %d steps",
				 XP_MAX_DEPTH);
			return XP_CUT;
		}
		if (before_step)
			before_step(ctx, w, run->did.nr, p);
		scratch.nr = 0;
		world->step(w, p, &scratch);
		run->did.proc[run->did.nr++] = p;
	}
	if (!lenient && run->did.nr < s->nr) {
		snprintf(run->error, sizeof(run->error),
			 "the execution ends after %u steps, the schedule has %u", run->did.nr,
			 s->nr);
		return XP_CUT;
	}
	if (!world->enabled(w) && !world->finished(w))
		return set_verdict(run, xp_stuck(world, w)) ? XP_RED : XP_PASS;
	if (world->verdict && set_verdict(run, world->verdict(w, true)))
		return XP_RED;
	return XP_PASS;
}

enum xp_status xp_replay(const struct xp_world *world, void *w, const struct xp_schedule *s,
			 bool go_on,
			 void (*before_step)(void *ctx, void *w, unsigned i, unsigned p), void *ctx,
			 struct xp_run *run)
{
	return xp_follow(world, w, s, false, go_on, before_step, ctx, run);
}

struct history {
	FILE *to;
	const struct xp_world *world;
};

static void print_step(void *ctx, void *w, unsigned i, unsigned p)
{
	struct history *h = ctx;
	const struct xp_world *world = h->world;
	unsigned column = __builtin_popcountll(world->essential & (BIT(p) - 1));
	bool cpu = world->essential & BIT(p);
	char text[128] = "";

	if (!cpu)
		column = __builtin_popcountll(world->essential);
	if (world->describe)
		world->describe(w, p, text, sizeof(text));
	fprintf(h->to, "%4u  %*s", i + 1, (int)column * 32, "");
	if (world->proc_name)
		fprintf(h->to, "%s: ", world->proc_name(w, p));
	else
		fprintf(h->to, "%s: ", xp_letter(p));
	fprintf(h->to, "%s\n", text);
}

enum xp_status xp_print_history(FILE *to, const struct xp_world *world, void *w,
				const struct xp_schedule *s)
{
	struct history h = {to, world};
	struct xp_run run;
	enum xp_status status = xp_replay(world, w, s, false, print_step, &h, &run);

	if (status == XP_RED)
		fprintf(to, "      %s\n", run.verdict);
	if (status == XP_CUT)
		fprintf(to, "      %s\n", run.error);
	return status;
}
