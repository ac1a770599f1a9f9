// SPDX-License-Identifier: GPL-2.0
/*
 * litmus: does the search engine find everything there is? TAP on standard output.
 *
 *	litmus [-n PROGRAMS] [GROUP...]		tests; groups: classic random plants contract
 *						search replay speed
 *	litmus -p PROGRAM [-s SHOW] [-t] [-1]	the outcomes of one program (litmus.h says how it
 *						is written), -t with TSO, -1 all interleavings
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine.h"
#include "litmus.h"

static unsigned tests, failed;

bool lm_ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - ", good ? "" : "not ", ++tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	failed += !good;
	return good;
}

void lm_note(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static unsigned programs = 1200;

static void random_programs(void)
{
	lm_test_random(programs);
}

static void plants(void)
{
	lm_test_plants(programs);
}

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{"classic", lm_test_classic},
	{"random", random_programs},
	{"plants", plants},
	{"contract", lm_test_contract},
	{"search", lm_test_search},
	{"replay", lm_test_replay},
	{"checkpoints", lm_test_checkpoints},
	{"speed", lm_test_speed},
};
#define NR_GROUPS (sizeof(groups) / sizeof(groups[0]))

static int usage(void)
{
	fputs("usage: litmus [-n PROGRAMS] [GROUP...] | litmus -p PROGRAM [-s SHOW] [-t] [-1]\n"
	      "groups:",
	      stderr);
	for (unsigned i = 0; i < NR_GROUPS; i++)
		fprintf(stderr, " %s", groups[i].name);
	fputc('\n', stderr);
	return 2;
}

static int one_program(const char *text, const char *show, bool tso, enum xp_reduce reduce)
{
	struct lm_program prog;
	char out[4096];

	if (show[strspn(show, "lmxyzwabcdefgh")])
		return usage();
	lm_parse(text, &prog);
	prog.tso = tso;
	lm_outcomes(&prog, show, reduce, false, out, sizeof(out));
	printf("%s: %s\n", show, out);
	return 0;
}

int main(int argc, char **argv)
{
	const char *program = NULL, *show = "xy";
	enum xp_reduce reduce = XP_DPOR;
	bool tso = false;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int c; (c = getopt(argc, argv, "n:p:s:t1")) != -1;) {
		switch (c) {
		case 'n':
			programs = strtoul(optarg, NULL, 10);
			if (!programs)
				return usage();
			break;
		case 'p':
			program = optarg;
			break;
		case 's':
			show = optarg;
			break;
		case 't':
			tso = true;
			break;
		case '1':
			reduce = XP_NONE;
			break;
		default:
			return usage();
		}
	}
	if (program)
		return one_program(program, show, tso, reduce);
	for (int i = optind; i < argc; i++) {
		unsigned g = 0;

		while (g < NR_GROUPS && strcmp(groups[g].name, argv[i]))
			g++;
		if (g == NR_GROUPS)
			return usage();
	}
	puts("TAP version 13");
	for (unsigned g = 0; g < NR_GROUPS; g++) {
		bool wanted = optind == argc;

		for (int i = optind; i < argc; i++)
			wanted |= !strcmp(groups[g].name, argv[i]);
		if (wanted)
			groups[g].run();
	}
	printf("1..%u\n", tests);
	return failed ? 1 : 0;
}
