/* SPDX-License-Identifier: GPL-2.0 */
/*
 * explore: search every case of every scenario to its end, and compare the result with what is
 * expected of the case. TAP on standard output.
 */
#include "case.h"
#include "child.h"
#include "engine.h"
#include "model_checked.h"
#include "model_world.h"
#include "number.h"
#include "programs.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <explore/replay.h>
#include <model/machine.h>
#include <tests/scenario_run.h>

static const char *only, *only_case, *replay, *tale, *family;
static unsigned long long seed = 1;
static double budget; /* seconds after which no case is begun; 0: none */
static bool everything;
static unsigned int jobs = 1;
static struct case_options opt = {.search = {.max_seconds = 120, .step_seconds = 30}};

/* What was asked for. */
#define MAX_CASES 65536
static struct choice {
	const struct scenario *s;
	const struct scenario_case *c;
	pid_t pid; /* while it is searched */
} chosen[MAX_CASES];
static unsigned int nr_chosen;

static bool wanted(const struct scenario *s, const struct scenario_case *c)
{
	char name[128];

	scenario_case_name(s, c, name, sizeof(name));
	if (only && strcmp(s->name, only))
		return false;
	if (only_case && family ? strcmp(name + strlen(s->name) + 1, only_case)
				: only_case && !strstr(name, only_case))
		return false;
	if (!checked_can_see(c))
		return false;
	return everything || only || !c->slow;
}

/* The one case that @what is for: the only one chosen, or the one with exactly the name given. */
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

/* The lines '# tale ...' of a file, which may be the whole output of run=metal for a case. */
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

static struct case_outcome *outcomes; /* of chosen[]; written by their processes */

/* Of all cases so far. */
static struct {
	bool red, unknown;
} results;

static void no_verdict(unsigned int i, const char *why)
{
	char name[128];

	scenario_case_name(chosen[i].s, chosen[i].c, name, sizeof(name));
	printf("not ok %u %s # no verdict: %s\n", i + 1, name, why);
	fflush(stdout); /* else the next child would print it again */
	results.unknown = true;
}

static void lacks(unsigned int i, const char *what)
{
	char why[200];

	snprintf(why, sizeof(why), "%s: %s", what, strerror(errno));
	no_verdict(i, why);
}

/* The process of a case has ended. It has printed its result, unless it died. */
static void judge(unsigned int i, int status)
{
	char how[100], why[200];

	chosen[i].pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) <= 2) {
		results.red |= WEXITSTATUS(status) == 1;
		results.unknown |= WEXITSTATUS(status) == 2;
		return;
	}
	child_describe(status, how, sizeof(how));
	snprintf(why, sizeof(why), "the process of the case %s", how);
	no_verdict(i, why);
}

static unsigned int running(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < nr_chosen; i++)
		n += chosen[i].pid > 0;
	return n;
}

/* Wait until at most @most are left. */
static void reap(unsigned int most)
{
	int status;
	pid_t pid;

	while (running() > most) {
		pid = wait(&status);
		if (pid < 0 && errno == EINTR)
			continue;
		for (unsigned int i = 0; i < nr_chosen; i++) {
			if (pid < 0 && chosen[i].pid > 0)
				lacks(i, "the process of the case is lost");
			if (pid < 0)
				chosen[i].pid = 0;
			else if (chosen[i].pid == pid)
				judge(i, status);
		}
	}
}

static void start(unsigned int i)
{
	pid_t parent = getpid();

	fflush(stdout);
	chosen[i].pid = fork();
	if (!chosen[i].pid)
		child_of(parent);
	opt.outcome = &outcomes[i];
	if (!chosen[i].pid)
		exit((opt.walks ? case_check : case_run)(i + 1, chosen[i].s, chosen[i].c, &opt));
	if (chosen[i].pid < 0)
		lacks(i, "a process for the case cannot be started");
}

static void print_redundant(void)
{
	static struct case_result all[MAX_CASES];

	for (unsigned int i = 0; i < nr_chosen; i++)
		all[i] = (struct case_result){chosen[i].s, chosen[i].c, &outcomes[i]};
	redundant_print(stdout, all, nr_chosen);
}

static int run_all(void)
{
	signal(SIGCHLD, SIG_DFL); /* if it is ignored, wait() gets no status */
	outcomes = mmap(NULL, MAX_CASES * sizeof(*outcomes), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (outcomes == MAP_FAILED)
		xp_die("no memory for the results");
	const double end = xp_seconds() + budget;

	printf("1..%u\n", nr_chosen);
	for (unsigned int i = 0; i < nr_chosen && !(budget && xp_seconds() > end); i++) {
		start(i);
		reap(jobs - 1);
	}
	reap(0);
	if (!family)
		print_redundant();
	return results.unknown ? 2 : results.red;
}

static void choose_of(const struct scenario *s)
{
	for (const struct scenario_case *c = s->cases; scenario_is_case(c); c++) {
		if (!wanted(s, c))
			continue;
		if (nr_chosen == MAX_CASES)
			xp_die("more than %d cases: raise MAX_CASES", MAX_CASES);
		chosen[nr_chosen++] = (struct choice){s, c, 0};
	}
}

static void choose(void)
{
	const struct scenario *s;

	if (only && programs_is_name(only)) {
		choose_of(programs_named(only));
		return;
	}
	if (family)
		programs_of(family, seed, MAX_CASES);
	for (unsigned int i = 0; (s = family ? programs_nth(i) : scenario_nth(i)); i++)
		choose_of(s);
}

/* One line: there is no scenario or case of that name, and the names that exist. */
static int nothing_chosen(void)
{
	const struct scenario_case *c;
	const struct scenario *s;
	char name[128];

	if (family)
		xp_die("no program of %s has a case of that name", family);
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
		"       [--busted NAME] [--step-seconds N] [--end fault|hang|limit|tlb-full]\n"
		"       [--family NAME [--seed N] [--case CASE] [--budget SECONDS]]\n"
		"       [SCENARIO [CASE [REPLAY]]]\n");
	return 2;
}

static const char *lie;

static bool flag(const char *name)
{
	if (!strcmp(name, "--all"))
		everything = true;
	else if (!strcmp(name, "--no-reduction"))
		opt.search.reduce = XP_NONE;
	else if (!strcmp(name, "--check-restore"))
		opt.search.check_restore = true;
	else
		return false;
	return true;
}

/* An option with a value. */
static bool option(const char *name, const char *value)
{
	unsigned long long n;

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
	if (!strcmp(name, "--schedules") && number_of(value, 1, &n)) {
		opt.search.max_schedules = n;
		return true;
	}
	if (!strcmp(name, "--preemptions")) {
		opt.search.bound_preemptions = true;
		return number_small(value, 0, &opt.search.preemptions);
	}
	if (!strcmp(name, "--end"))
		return model_plant_end(value);
	if (!strcmp(name, "--seed"))
		return number_of(value, 0, &seed);
	if (!strcmp(name, "--family"))
		family = value;
	else if (!strcmp(name, "--case"))
		only_case = value;
	else if (!strcmp(name, "--tale"))
		tale = value;
	else if (!strcmp(name, "--lie"))
		lie = value;
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
	if (argc - i > 3 || (lie && !opt.walks))
		return usage();
	if (lie && !model_plant_lie(lie))
		return no_such_lie(lie);
	only = i < argc ? argv[i] : NULL;
	opt.alone = only;
	opt.search.progress = only && isatty(STDERR_FILENO);
	only_case = i + 1 < argc ? argv[i + 1] : only_case;
	replay = i + 2 < argc ? argv[i + 2] : NULL;
	if (tale && (!only_case || replay))
		return usage();
	choose();
	/* Jobs are cases side by side; if there is one case, workers of its search. */
	if (nr_chosen == 1 && !opt.walks) {
		opt.search.workers = jobs;
		jobs = 1;
	}
	return all_written(!nr_chosen ? nothing_chosen()
			   : tale     ? run_tale()
			   : replay   ? run_replay()
				      : run_all());
}
