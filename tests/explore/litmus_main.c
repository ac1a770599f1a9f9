// SPDX-License-Identifier: GPL-2.0
/*
 * litmus: the tests of the search engine, with TAP on standard output; and all outcomes of a small
 * program or .litmus file. See usage().
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine.h"
#include "litmus_file.h"
#include "litmus_outcome.h"
#include "litmus_test.h"

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

unsigned lm_programs = 1200;

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{"classic", lm_test_classic},
	{"random", lm_test_random},
	{"plants", lm_test_plants},
	{"contract", lm_test_contract},
	{"search", lm_test_search},
	{"replay", lm_test_replay},
	{"checkpoints", lm_test_checkpoints},
	{"loops", lm_test_loops},
	{"speed", lm_test_speed},
};
#define NR_GROUPS (sizeof(groups) / sizeof(groups[0]))

static const char text[] =
	"usage: litmus [-n PROGRAMS] [GROUP...]           tests of the search engine, TAP\n"
	"       litmus [-sc] [-1] [-T SECONDS] FILE...    herdtools' .litmus files for x86\n"
	"       litmus -p PROGRAM [-s SHOW] [-t] [-1] [-T SECONDS]\n"
	"                                                 the outcomes of one program\n"
	"  -sc  sequential consistency; files are run on x86-TSO otherwise\n"
	"  -t   x86-TSO; programs are run on sequential consistency otherwise\n"
	"  -1   every interleaving, without reduction\n"
	"  -T   give up after so many seconds, 0: never (default: 60)\n"
	"  -s   what to show of a program: variables l m x y z w, registers a to h, where\n"
	"       several threads use one as 0a, 1a (default: xy)\n"
	"PROGRAM: threads are separated by |, the handler of a thread follows a colon;\n"
	"  x=1 a=x x=a  a=x~1 (XCHG) a=x+1 (XADD) mf  l! (lock) l. (unlock)\n"
	"  x?1 (spin until x is 1) xy?1 (both)  i1 w1 (IPI to thread 1, xAPIC or x2APIC) cli sti\n"
	"Status: 0 a complete result, or all tests passed; 1 a test failed; 2 no result, or not of\n"
	"all executions (a limit, a deadlock, a thread that spins for ever): one line says why.\n";

static void usage(FILE *to)
{
	fputs(text, to);
	fputs("Groups:", to);
	for (unsigned i = 0; i < NR_GROUPS; i++)
		fprintf(to, " %s", groups[i].name);
	fputc('\n', to);
}

static int misused(const char *what, const char *of)
{
	fprintf(stderr, "litmus: %s%s; litmus -h tells the usage\n", what, of);
	return 2;
}

static int one_program(const char *program, const char *show, bool tso,
		       const struct lm_options *opt)
{
	static struct lm_program prog;
	char *out, why[200];

	lm_parse(program, &prog);
	prog.tso = tso;
	out = lm_outcomes(&prog, show, opt->reduce, false, opt->seconds, why, sizeof(why));
	if (*why) {
		fprintf(stderr, "litmus: %s; of the executions seen that end, %s: %s\n", why, show,
			out);
		return 2;
	}
	printf("%s: %s\n", show, out);
	return 0;
}

static bool is_group(const char *name)
{
	unsigned g = 0;

	while (g < NR_GROUPS && strcmp(groups[g].name, name))
		g++;
	return g < NR_GROUPS;
}

static int run_groups(char **names, int nr)
{
	puts("TAP version 13");
	for (unsigned g = 0; g < NR_GROUPS; g++) {
		bool wanted = !nr;

		for (int i = 0; i < nr; i++)
			wanted |= !strcmp(groups[g].name, names[i]);
		if (wanted)
			groups[g].run();
	}
	printf("1..%u\n", tests);
	return failed ? 1 : 0;
}

static bool number(const char *arg, double *to)
{
	char *end;

	*to = strtod(arg, &end);
	return end != arg && !*end && *to >= 0 && *to < 1e9;
}

int main(int argc, char **argv)
{
	struct lm_options opt = {.reduce = XP_DPOR, .seconds = 60};
	const char *program = NULL, *show = NULL;
	bool tso = false;
	int groups_named = 0;
	double n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int c; (c = getopt(argc, argv, "hn:p:s:tT:1")) != -1;) {
		switch (c) {
		case 'h':
			usage(stdout);
			return 0;
		case 'n':
			if (!number(optarg, &n) || n < 1)
				return misused("not a number of programs: ", optarg);
			lm_programs = n;
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
		case 'T':
			if (!number(optarg, &opt.seconds))
				return misused("not a number of seconds: ", optarg);
			break;
		case '1':
			opt.reduce = XP_NONE;
			break;
		default:
			return 2; /* getopt() has said why */
		}
	}
	for (int i = optind; i < argc; i++)
		groups_named += is_group(argv[i]);
	if (program)
		return optind < argc ? misused("-p, and also: ", argv[optind])
				     : one_program(program, show ? show : "xy", tso, &opt);
	/* getopt() takes -sc for -s c. */
	opt.sc = show && !strcmp(show, "c");
	if ((show && !opt.sc) || tso)
		return misused("-s and -t are for -p", "");
	if (groups_named == argc - optind)
		return run_groups(argv + optind, argc - optind);
	if (groups_named)
		return misused("groups of tests, and files", "");
	return lm_files(argv + optind, argc - optind, &opt);
}
