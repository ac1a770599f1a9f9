/* SPDX-License-Identifier: GPL-2.0 */
/*
 * explore: search every case of every scenario to its end, and compare the result with what is
 * expected of the case. TAP on standard output.
 */
#include "case.h"
#include "engine.h"
#include "host.h"
#include "model_checked.h"
#include "model_world.h"
#include "number.h"
#include "programs.h"
#include "redundant.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <explore/also.h>
#include <explore/replay.h>
#include <model/machine.h>
#include <tests/scenario_run.h>

static const char *only, *only_case, *replay, *trace, *family, *programs;
static const char *whole_case; /* of exactly this name; only_case: of a name that has it in it */
static bool list; /* print the names of the programs, and run none */
static u64 seed = 1;
static double budget; /* seconds after which no case is begun; 0: none */
static bool everything;
static unsigned int jobs = 1;
static struct case_options opt = {.search = {.max_seconds = 120, .step_seconds = 30}};

/* What was asked for. */
static struct case_result chosen[MAX_CASES];
static unsigned int nr_chosen;

static bool wanted(const struct scenario *s, const struct scenario_case *c)
{
	char name[128];

	scenario_case_name(s, c, name, sizeof(name));
	if (only && strcmp(s->name, only))
		return false;
	if (whole_case && strcmp(name + strlen(s->name) + 1, whole_case))
		return false;
	if (only_case && !strstr(name, only_case))
		return false;
	if (!checked_can_see(c) || (tree_can_run && !tree_can_run(s, c)))
		return false;
	return everything || only || programs || !c->slow;
}

/* The one case that @what is for: the only one chosen, or the one with exactly the name given. */
static const struct case_result *the_case(const char *what)
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
	const struct case_result *one = bad ? NULL : the_case("a replay string");

	if (bad)
		fprintf(stderr, "explore: replay string: %s\n", bad);
	return !one ? 2 : case_replay(one->s, one->c, &opt, &schedule);
}

/* The lines '# trace ...' of a file, which may be the whole output of run=metal for a case. */
static const char *read_trace(void)
{
	FILE *file = fopen(trace, "r");
	const char *bad = NULL;
	unsigned int lines = 0;
	char line[200];

	if (!file)
		return "cannot be read";
	while (!bad && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strncmp(line, "# trace ", strlen("# trace ")))
			continue;
		bad = model_want(line + strlen("# trace "));
		lines++;
	}
	fclose(file);
	return lines ? bad : "has no line '# trace ...'";
}

static int run_trace(void)
{
	const char *bad = read_trace();
	const struct case_result *one = bad ? NULL : the_case("an event trace");

	if (bad)
		fprintf(stderr, "explore: --trace %s: %s\n", trace, bad);
	return !one ? 2 : case_follow(one->s, one->c, &opt);
}

static int run_all(void)
{
	int status;

	printf("1..%u\n", nr_chosen);
	status = cases_run(chosen, nr_chosen, jobs, budget, &opt);
	if (!family && !programs) {
		redundant_print(stdout, chosen, nr_chosen);
		if (redundant_also && !opt.alone)
			redundant_also();
	}
	return status;
}

static void choose_of(const struct scenario *s)
{
	for (const struct scenario_case *c = s->cases; scenario_is_case(c); c++) {
		if (!wanted(s, c))
			continue;
		if (nr_chosen == MAX_CASES)
			xp_die("more than %d cases: raise MAX_CASES", MAX_CASES);
		chosen[nr_chosen++] = (struct case_result){s, c, NULL};
	}
}

static void choose(void)
{
	const struct scenario *s;

	if (tree_note_left_out)
		tree_note_left_out();
	if (only && programs_is_name(only)) {
		choose_of(programs_named(only));
		return;
	}
	if (family)
		programs_of(family, seed, MAX_CASES);
	if (programs)
		programs_in(programs);
	for (unsigned int i = 0; (s = family || programs ? programs_nth(i) : scenario_nth(i)); i++)
		choose_of(s);
}

static int list_chosen(void)
{
	for (unsigned int i = 0; i < nr_chosen; i++)
		puts(chosen[i].s->name);
	return 0;
}

/* One line: there is no scenario or case of that name, and the names that exist. */
static int nothing_chosen(void)
{
	const struct scenario_case *c;
	const struct scenario *s;
	char name[128];

	if (family || programs)
		xp_die("no program of %s has a case of that name", family ? family : programs);
	if (!only)
		xp_die("no scenario has a case of that name");
	for (unsigned int i = 0; (s = scenario_nth(i)) && strcmp(s->name, only); i++)
		;
	if (programs_is_name(only))
		s = programs_nth(0);
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

static int no_such_object(const char *omit)
{
	const char *name;

	fprintf(stderr, "explore: --omit %s: there are no such objects; they are:", omit);
	for (unsigned int kind = 0; (name = model_object_name(kind)); kind++)
		fprintf(stderr, " %s", name);
	fprintf(stderr, "\n");
	return 2;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: explore [--all] [--jobs N] [--seconds N] [--schedules N] [--preemptions N]\n"
		"       [--no-reduction | --states] [--trace FILE] [--check-restore]\n"
		"       [--check WALKS [--omit KIND]] [--history fold|full|line] [--events]\n"
		"       [--busted NAME] [--step-seconds N] [--end fault|hang|limit|tlb-full]\n"
		"       [--family NAME [--seed N] | --programs FILE] [--case CASE] [--budget SECONDS] [--list]\n"
		"       [--alone | SCENARIO [CASE [REPLAY]]]\n");
	return 2;
}

static const char *omit;

static bool flag(const char *name)
{
	if (!strcmp(name, "--all"))
		everything = true;
	else if (!strcmp(name, "--no-reduction"))
		opt.search.reduce = XP_NONE;
	else if (!strcmp(name, "--states"))
		opt.search.reduce = XP_STATES;
	else if (!strcmp(name, "--check-restore"))
		opt.search.check_restore = true;
	else if (!strcmp(name, "--list"))
		list = true;
	else if (!strcmp(name, "--events"))
		model_trace = true;
	else if (!strcmp(name, "--alone"))
		exit(hardware_alone());
	else
		return false;
	return true;
}

static bool choose_history(const char *name)
{
	model_history_mode = history_mode_of(name);
	return model_history_mode != HISTORY_MODES;
}

/* An option with a value. */
static bool option(const char *name, const char *value)
{
	if (!strcmp(name, "--jobs"))
		return number_small(value, 1, &jobs);
	if (!strcmp(name, "--seconds"))
		return number_seconds(value, &opt.search.max_seconds);
	if (!strcmp(name, "--budget"))
		return number_seconds(value, &budget);
	if (!strcmp(name, "--step-seconds"))
		return number_small(value, 1, &opt.search.step_seconds);
	if (!strcmp(name, "--check"))
		return number_small(value, 1, &opt.walks);
	if (!strcmp(name, "--schedules"))
		return number_of(value, 1, &opt.search.max_schedules);
	if (!strcmp(name, "--preemptions")) {
		opt.search.bound_preemptions = true;
		return number_small(value, 0, &opt.search.preemptions);
	}
	if (!strcmp(name, "--history"))
		return choose_history(value);
	if (!strcmp(name, "--end"))
		return model_plant_end(value);
	if (!strcmp(name, "--seed"))
		return number_of(value, 0, &seed);
	if (!strcmp(name, "--family"))
		family = value;
	else if (!strcmp(name, "--programs"))
		programs = value;
	else if (!strcmp(name, "--case"))
		whole_case = value;
	else if (!strcmp(name, "--trace"))
		trace = value;
	else if (!strcmp(name, "--omit"))
		omit = value;
	else if (!strcmp(name, "--busted"))
		scenario_also_busted = value;
	else
		return false;
	return true;
}

/* A verdict that could not be written is no result. */
static int all_written(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	fprintf(stderr, "explore: standard output cannot be written: %s\n", strerror(errno));
	return 2;
}

int main(int argc, char **argv)
{
	int i = 1;

	while (i < argc && !strncmp(argv[i], "--", 2)) {
		if (flag(argv[i]))
			i += 1;
		else if (i + 1 < argc && option(argv[i], argv[i + 1]))
			i += 2;
		else
			return usage();
	}
	if (argc - i > 3 || (family && programs) || (omit && !opt.walks))
		return usage();
	if (omit && !model_omit(omit))
		return no_such_object(omit);
	only = i < argc ? argv[i] : NULL;
	opt.alone = only;
	opt.search.progress = only && isatty(STDERR_FILENO);
	only_case = i + 1 < argc ? argv[i + 1] : NULL;
	replay = i + 2 < argc ? argv[i + 2] : NULL;
	if (trace && (!only_case || replay))
		return usage();
	choose();
	/* Jobs are cases side by side; if there is one case, workers of its search. */
	if (nr_chosen == 1 && !opt.walks) {
		opt.search.workers = jobs;
		jobs = 1;
	}
	return all_written(!nr_chosen ? nothing_chosen()
			   : list     ? list_chosen()
			   : trace    ? run_trace()
			   : replay   ? run_replay()
				      : run_all());
}
