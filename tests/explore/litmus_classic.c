// SPDX-License-Identifier: GPL-2.0
/*
 * The classic litmus tests: exactly the outcomes that x86-TSO allows, and with sequential
 * consistency exactly those. Names are those of Alglave, Maranget, Tautschnig (Herding Cats,
 * TOPLAS 2014) and Maranget, Sarkar, Sewell (A Tutorial Introduction to the ARM and POWER Relaxed
 * Memory Models); n5 to n7 and the verdicts on TSO are Owens, Sarkar, Sewell (A better x86 memory
 * model: x86-TSO, TPHOLs 2009). The sets were computed from the axioms, not on a machine like ours:
 * all choices of reads-from and coherence, with atomic read-modify-writes, such that
 * po-loc | rf | co | fr is acyclic and, for TSO, so is
 * (po without write-to-read) | fences | rfe | co | fr (herd's x86tso.cat); for SC po | rf | co | fr.
 */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus_outcome.h"
#include "litmus_test.h"

struct classic {
	const char *name, *program, *show;
	const char *sc; /* outcomes, ascending */
	const char *tso; /* those that TSO adds */
};

/* clang-format off */
static const struct classic classics[] = {
	{"SB", "x=1 a=y | y=1 b=x", "ab",
	 "01 10 11", "00"},
	{"SB+mfences", "x=1 mf a=y | y=1 mf b=x", "ab",
	 "01 10 11", ""},
	{"SB+mfence+po", "x=1 mf a=y | y=1 b=x", "ab",
	 "01 10 11", "00"},
	{"SB+xchgs", "c=x~1 a=y | d=y~1 b=x", "ab",
	 "01 10 11", ""},
	{"SB+xchg+po", "c=x~1 a=y | y=1 b=x", "ab",
	 "01 10 11", "00"},
	{"SB+xadds elsewhere", "x=1 c=z+1 a=y | y=1 d=w+1 b=x", "ab",
	 "01 10 11", ""},
	{"SB+rfis", "x=1 a=x b=y | y=1 c=y d=x", "abcd",
	 "1011 1110 1111", "1010"},
	{"MP", "x=1 y=1 | a=y b=x", "ab",
	 "00 01 11", ""},
	{"LB", "a=x y=1 | b=y x=1", "ab",
	 "00 01 10", ""},
	{"S", "x=2 y=1 | a=y x=1", "ax",
	 "01 02 11", ""},
	{"R", "x=1 y=1 | y=2 a=x", "ay",
	 "01 11 12", "02"},
	{"R+mfence", "x=1 y=1 | y=2 mf a=x", "ay",
	 "01 11 12", ""},
	{"2+2W", "x=1 y=2 | y=1 x=2", "xy",
	 "12 21 22", ""},
	{"IRIW", "x=1 | y=1 | a=x b=y | c=y d=x", "abcd",
	 "0000 0001 0010 0011 0100 0101 0110 "
	 "0111 1000 1001 1011 1100 1101 1110 1111", ""},
	{"WRC", "x=1 | a=x y=1 | b=y c=x", "abc",
	 "000 001 010 011 100 101 111", ""},
	{"RWC", "x=1 | a=x b=y | y=1 c=x", "abc",
	 "000 001 010 011 101 110 111", "100"},
	{"RWC+mfence", "x=1 | a=x b=y | y=1 mf c=x", "abc",
	 "000 001 010 011 101 110 111", ""},
	{"W+RWC", "x=1 y=1 | a=y b=z | z=1 c=x", "abc",
	 "000 001 010 011 101 110 111", "100"},
	{"Z6.3", "x=1 y=1 | y=2 z=1 | a=z b=x", "aby",
	 "001 002 011 012 101 111 112", ""},
	{"ISA2", "x=1 y=1 | a=y z=1 | b=z c=x", "abc",
	 "000 001 010 011 100 101 111", ""},
	{"3.SB", "x=1 a=y | y=1 b=z | z=1 c=x", "abc",
	 "001 010 011 100 101 110 111", "000"},
	{"CoRR", "x=1 | a=x b=x", "ab",
	 "00 01 11", ""},
	{"CoWW", "x=1 x=2", "x",
	 "2", ""},
	{"CoRW1", "a=x x=1", "ax",
	 "01", ""},
	{"CoRW2", "a=x x=1 | x=2", "ax",
	 "01 02 21", ""},
	{"CoWR", "x=1 a=x | x=2", "ax",
	 "11 12 22", ""},
	{"CoRR, two writers", "x=1 | x=2 | a=x b=x", "abx",
	 "001 002 011 012 021 022 111 112 122 211 221 222", ""},
	{"n5", "x=1 a=x | x=2 b=x", "ab",
	 "11 12 22", ""},
	{"n6", "x=1 a=x b=y | y=2 x=2", "abx",
	 "102 121 122 222", "101"},
	{"n7", "x=1 a=x b=y | y=1 | c=y d=x", "abcd",
	 "1000 1001 1011 1100 1101 1110 1111", "1010"},
	{"two xadds", "a=x+1 | b=x+1", "abx",
	 "012 102", ""},
	{"three xadds", "a=x+1 | b=x+1 | c=x+1", "x",
	 "3", ""},
	{"xchg is a fence for MP", "x=1 c=y~1 | a=y b=x", "ab",
	 "00 01 11", ""},
	{"xadd against a store", "a=x+2 | x=1", "ax",
	 "01 13", ""},
};

/* By reasoning about the machine in litmus_world.c: locks, interrupts, IF. */
static const struct classic machines[] = {
	{"a lock", "l! x=1 a=x l. | l! x=2 b=x l.", "ab", "12", ""},
	{"a lock is no fence when released", "l! x=1 l. a=y | m! y=1 m. b=x", "ab",
	 "01 10 11", "00"},
	{"message by lock", "x=1 l! l. y=1 | a=y b=x", "ab", "00 01 11", ""},
	{"message by interrupt", "x=1 i1 | b=y : a=x", "ab", "10", ""},
	{"message by interrupt that does not wait for stores", "x=1 w1 | b=y : a=x", "a", "1", "0"},
	{"the same after a fence", "x=1 mf w1 | b=y : a=x", "a", "1", ""},
	{"an interrupt drains the buffer", "a=x w1 | x=1 : y=1 b=y", "abx", "011 111", ""},
	{"interrupts off", "i1 | cli x=1 x=0 sti : a=x", "a", "0", ""},
	{"interrupts on", "i1 | x=1 x=0 : a=x", "a", "0 1", ""},
	{"handler before or after", "i1 | a=x b=x : x=1", "ab", "00 01 11", ""},
	{"a spin loop", "x=1 y=1 | y?1 a=x", "a", "1", ""},
	{"a spin loop on a forwarded store", "x=1 x?1 a=y | y=1 b=x", "ab", "01 10 11", "00"},
	{"two spin loops", "x=1 y?1 a=z | z=1 x?1 y=1", "a", "1", ""},
};
/* clang-format on */

/* Two ascending lists as one. */
static void merge(const char *a, const char *b, char *to)
{
	*to = 0;
	for (const char *between = ""; *a || *b; between = " ") {
		bool first = *a && (!*b || memcmp(a, b, strcspn(a, " ")) < 0);
		const char **from = first ? &a : &b;
		int n = strcspn(*from, " ");

		to += sprintf(to, "%s%.*s", between, n, *from);
		*from += n + ((*from)[n] == ' ');
	}
}

/* Are the outcomes exactly @want, and was the search complete? */
static bool gives(const struct lm_program *prog, const char *show, enum xp_reduce reduce,
		  bool enough, const char *want)
{
	char why[200], *got = lm_outcomes(prog, show, reduce, enough, 0, why, sizeof(why));
	bool good = !*why && !strcmp(want, got);

	if (!good)
		lm_note("%s %s%s%s", reduce == XP_NONE ? "all interleavings" : "DPOR", got,
			*why ? "; " : "", why);
	free(got);
	return good;
}

static void check(const struct classic *c, bool tso, bool apart)
{
	char want[512];
	struct lm_program prog;
	bool good;

	lm_parse(c->program, &prog);
	prog.tso = tso;
	prog.handlers_apart = apart && prog.interrupts;
	merge(c->sc, tso ? c->tso : "", want);
	good = gives(&prog, c->show, XP_DPOR, false, want);
	good &= gives(&prog, c->show, XP_NONE, false, want);
	lm_ok(good, "%s: %s%s, %s: %s", c->name, tso ? "TSO" : "SC",
	      prog.handlers_apart ? ", handlers apart" : "", c->show, want);
}

/* Stores still in the buffers at the end are not observed: their drains need not be explored. */
static void check_enough(void)
{
	static const char *const programs[][2] = {
		{"x=1 a=y | y=1 b=x", "ab"},
		{"x=1 a=x b=y | y=1 c=y d=x", "abcd"},
		{"x=1 | a=x b=y | y=1 c=x", "abc"},
	};
	bool good = true;

	for (unsigned i = 0; i < 3; i++) {
		struct lm_program prog;
		char why[200], *all;

		lm_parse(programs[i][0], &prog);
		prog.tso = true;
		all = lm_outcomes(&prog, programs[i][1], XP_DPOR, false, 0, why, sizeof(why));
		good &= !*why && gives(&prog, programs[i][1], XP_DPOR, true, all);
		free(all);
	}
	lm_ok(good, "the same outcomes when enough() leaves out the last drains");
}

void lm_test_classic(void)
{
	for (unsigned i = 0; i < sizeof(classics) / sizeof(classics[0]); i++)
		for (unsigned tso = 0; tso < 2; tso++)
			check(&classics[i], tso, false);
	for (unsigned i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		for (unsigned how = 0; how < 4; how++)
			if (!(how & 2) || strchr(machines[i].program, ':'))
				check(&machines[i], how & 1, how & 2);
	check_enough();
}
