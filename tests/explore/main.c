/* SPDX-License-Identifier: GPL-2.0 */
/*
 * explore: every case of every scenario, each searched to its end, each against what is
 * expected of it. TAP on standard output.
 */
#include "case.h"
#include "model_checked.h"
#include "model_world.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <explore/replay.h>
#include <model/machine.h>
#include <tests/scenario_run.h>

static const char *only, *only_case, *replay, *tale;
static bool everything;
static unsigned int jobs = 1;
static struct case_options opt = {.search = {.max_seconds = 120, .step_seconds = 30}};

/* What was asked for. */
#define MAX_CASES 1024
static struct choice {
	const struct scenario *s;
	const struct scenario_case *c;
} chosen[MAX_CASES];
static unsigned int nr_chosen;

static bool wanted(const struct scenario *s, const struct scenario_case *c)
{
	char name[128];

	scenario_case_name(s, c, name, sizeof(name));
	if (only && strcmp(s->name, only))
		return false;
	if (only_case && !strstr(name, only_case))
		return false;
	if (!checked_can_see(c))
		return false;
	return everything || only || !c->slow;
}

/* @what is of one case: of that which is called so, or of the only one asked for. */
static const struct choice *the_case(const char *what)
{
	char name[128];

	if (nr_chosen == 1)
		return &chosen[0];
	for (unsigned int i = 0; i < nr_chosen; i++) {
		scenario_case_name(chosen[i].s, chosen[i].c, name, sizeof(name));
		if (!strcmp(name + strlen(only) + 1, only_case))
			return &chosen[i];
	}
	fprintf(stderr, "explore: %s is of one case, '%s' is in the names of %u\n", what, only_case,
		nr_chosen);
	return NULL;
}

static int run_replay(void)
{
	static struct xp_schedule schedule;
	const char *bad = xp_parse(replay, &schedule);
	const struct choice *one = bad ? NULL : the_case("a replay string");

	if (bad)
		fprintf(stderr, "explore: replay string: %s\n", bad);
	return !one ? 2 : case_replay(one->s, one->c, &opt, &schedule);
}

/* The lines '# tale ...' of a file, which may be all that run=metal printed of a case. */
static const char *read_tale(void)
{
	FILE *file = fopen(tale, "r");
	const char *bad = NULL;
	unsigned int lines = 0;
	char line[200];

	if (!file)
		return "cannot be read";
	while (!bad && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strncmp(line, "# tale ", strlen("# tale ")))
			continue;
		bad = model_want(line + strlen("# tale "));
		lines++;
	}
	fclose(file);
	return lines ? bad : "has no line '# tale ...'";
}

static int run_tale(void)
{
	const char *bad = read_tale();
	const struct choice *one = bad ? NULL : the_case("a tale");

	if (bad)
		fprintf(stderr, "explore: --tale %s: %s\n", tale, bad);
	return !one ? 2 : case_follow(one->s, one->c, &opt);
}

/* Wait until fewer than @most children are left; returns how many of them were red. */
static int reap(unsigned int *running, unsigned int most)
{
	int red = 0, status;

	while (*running > most) {
		if (wait(&status) < 0)
			break;
		(*running)--;
		red += !WIFEXITED(status) || WEXITSTATUS(status);
		if (!WIFEXITED(status))
			printf("not ok # a search died of signal %d\n", WTERMSIG(status));
		fflush(stdout); /* or the next child prints it again */
	}
	return red;
}

static int run_all(void)
{
	unsigned int running = 0;
	int red = 0;

	printf("1..%u\n", nr_chosen);
	fflush(stdout);
	for (unsigned int i = 0; i < nr_chosen; i++) {
		if (!fork())
			exit((opt.walks ? case_check : case_run)(i + 1, chosen[i].s, chosen[i].c,
								 &opt));
		running++;
		red += reap(&running, jobs - 1);
	}
	red += reap(&running, 0);
	return red ? 1 : 0;
}

static void choose(void)
{
	const struct scenario_case *c;
	const struct scenario *s;

	for (unsigned int i = 0; (s = scenario_nth(i)); i++) {
		for (c = s->cases; scenario_is_case(c); c++) {
			if (!wanted(s, c))
				continue;
			if (nr_chosen == MAX_CASES) {
				fprintf(stderr, "explore: more than MAX_CASES: raise it\n");
				exit(3);
			}
			chosen[nr_chosen++] = (struct choice){s, c};
		}
	}
}

/* One line: there is none that is called so; those that there are. */
static int nothing_chosen(void)
{
	const struct scenario_case *c;
	const struct scenario *s;
	char name[128];

	for (unsigned int i = 0; (s = scenario_nth(i)); i++)
		if (!strcmp(s->name, only))
			break;
	fprintf(stderr, "explore: no such %s; they are:", s ? "case" : "scenario");
	for (c = s ? s->cases : NULL; s && scenario_is_case(c); c++) {
		scenario_case_name(s, c, name, sizeof(name));
		fprintf(stderr, " %s", name + strlen(only) + 1);
	}
	for (unsigned int i = 0; !s && scenario_nth(i); i++)
		fprintf(stderr, " %s", scenario_nth(i)->name);
	fprintf(stderr, "\n");
	return 2;
}

static int no_such_lie(const char *lie)
{
	const char *name;

	fprintf(stderr, "explore: --lie %s: there are no such objects; they are:", lie);
	for (unsigned int kind = 0; (name = model_object_name(kind)); kind++)
		fprintf(stderr, " %s", name);
	fprintf(stderr, "\n");
	return 2;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: explore [--all] [--jobs N] [--seconds N] [--schedules N] [--preemptions N]\n"
		"       [--no-reduction] [--tale FILE] [--check-restore] [--check WALKS [--lie KIND]]\n"
		"       [--busted NAME]\n"
		"       [SCENARIO [CASE [REPLAY]]]\n");
	return 2;
}

int main(int argc, char **argv)
{
	const char *lie = NULL;
	int i;

	for (i = 1; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--all"))
			everything = true;
		else if (!strcmp(argv[i], "--no-reduction"))
			opt.search.reduce = XP_NONE;
		else if (!strcmp(argv[i], "--check-restore"))
			opt.search.check_restore = true;
		else if (!strcmp(argv[i], "--tale") && i + 1 < argc)
			tale = argv[++i];
		else if (!strcmp(argv[i], "--jobs") && i + 1 < argc)
			jobs = (unsigned int)atoi(argv[++i]);
		else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
			opt.search.max_seconds = atof(argv[++i]);
		else if (!strcmp(argv[i], "--schedules") && i + 1 < argc)
			opt.search.max_schedules = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--preemptions") && i + 1 < argc) {
			opt.search.bound_preemptions = true;
			opt.search.preemptions = (unsigned int)atoi(argv[++i]);
		} else if (!strcmp(argv[i], "--check") && i + 1 < argc && atoi(argv[i + 1]) > 0)
			opt.walks = (unsigned int)atoi(argv[++i]);
		else if (!strcmp(argv[i], "--lie") && i + 1 < argc)
			lie = argv[++i];
		else if (!strcmp(argv[i], "--busted") && i + 1 < argc)
			scenario_also_busted = argv[++i];
		else
			return usage();
	}
	if (argc - i > 3 || !jobs || opt.search.max_seconds <= 0 || (lie && !opt.walks))
		return usage();
	if (lie && !model_plant_lie(lie))
		return no_such_lie(lie);
	only = i < argc ? argv[i] : NULL;
	opt.alone = only;
	opt.search.progress = only && isatty(STDERR_FILENO);
	only_case = i + 1 < argc ? argv[i + 1] : NULL;
	replay = i + 2 < argc ? argv[i + 2] : NULL;
	if (tale && (!only_case || replay))
		return usage();
	choose();
	/* Several cases side by side; of one, parts of the search. */
	if (nr_chosen == 1 && !opt.walks) {
		opt.search.workers = jobs;
		jobs = 1;
	}
	return !nr_chosen ? nothing_chosen()
	       : tale	  ? run_tale()
	       : replay	  ? run_replay()
			  : run_all();
}
