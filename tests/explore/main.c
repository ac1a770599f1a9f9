/* SPDX-License-Identifier: GPL-2.0 */
/*
 * explore: every case of every scenario, each searched to its end, each against what is
 * expected of it. TAP on standard output.
 */
#include "model_checked.h"
#include "model_world.h"
#include "narrow.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <explore/replay.h>
#include <model/machine.h>
#include <tests/scenario_run.h>

static const char *only, *only_case, *replay;
static bool everything, none, check_restore;
static unsigned int jobs = 1, check;
static double seconds = 120;

static const struct scenario *current_scenario;
static const struct scenario_case *current_case;

/* What the process that searches a case tells the one that narrows it. */
static struct {
	bool red;
	u64 used; /* processes of the schedule that is printed */
	char verdict[XP_VERDICT_MAX];
} * found;

/* What was asked for. */
#define MAX_CASES 1024
static struct choice {
	const struct scenario *s;
	const struct scenario_case *c;
} chosen[MAX_CASES];
static unsigned int nr_chosen;

static void start(void)
{
	if (scenario_choose(current_case)) {
		fprintf(stderr, "explore: no such backend, policy or bug\n");
		exit(2);
	}
	scenario_start();
}

static void boot(const struct model_config *config)
{
	const struct scenario *s = current_scenario;

	scenario_select(s);
	model_boot(config, start);
	if (!scenario_ready() || model_failure()) {
		fprintf(stderr, "explore: setup of %s does not end: %s\n", s->name,
			model_failure() ? model_failure() : "it waits for something");
		exit(3);
	}
	model_snapshot();
	model_world.essential = (1u << config->cpus) - 1;
	model_world.name = s->name;
}

static void boot_current(void)
{
	struct model_config config;

	scenario_config(current_scenario, current_case, &config);
	boot(&config);
}

/* A planted bug may well be a race too, which then comes first. */
static bool is_race(const char *verdict)
{
	return !strncmp(verdict, "race:", strlen("race:"));
}

/* What came out against what was expected: NULL, or what is wrong. */
static const char *judge(const struct scenario_case *c, enum xp_status status,
			 const struct xp_result *res, u64 useful)
{
	if (status == XP_RED && c->expect == NEVER)
		return "red, and must never be";
	if (status == XP_RED && c->oracle && !is_race(res->verdict) &&
	    strncmp(res->verdict, c->oracle, strlen(c->oracle)))
		return "red, but another oracle's";
	if (status != XP_RED && !res->complete)
		return "not complete";
	if (status != XP_RED && c->expect == SOMETIMES)
		return "never red, and must be";
	if (c->useful == NOT_USEFUL && useful)
		return "a sync was useful, and none must be";
	if (c->useful == USEFUL && status != XP_RED && !useful)
		return "no sync was useful, and some must be";
	return NULL;
}

static void print_red(struct xp_schedule *s)
{
	static char text[XP_FORMAT_MAX];

	model_freeze();
	xp_minimise(&model_world, NULL, s, 3000);
	xp_format(s, text);
	found->used = 0;
	for (unsigned int i = 0; i < s->nr; i++)
		found->used |= 1ULL << s->proc[i];
	printf("# replay %s\n", text);
	model_show(s, stdout);
}

/* @arg: the number of the case. Returns the exit status. */
static int search_case(const void *arg)
{
	const struct scenario *s = current_scenario;
	const struct scenario_case *c = current_case;
	unsigned int number = *(const unsigned int *)arg;
	struct xp_options opt = {.max_seconds = seconds,
				 .reduce = none ? XP_NONE : XP_DPOR,
				 .check_restore = check_restore};
	struct xp_result res;
	enum xp_status status;
	const char *wrong;
	char name[128];
	u64 useful;

	boot_current();
	scenario_case_name(s, c, name, sizeof(name));
	status = model_explore(&opt, &res, &useful);
	wrong = judge(c, status, &res, useful);
	printf("%sok %u %s # %s schedules=%llu transitions=%llu complete=%s useful=%llu%s%s\n",
	       wrong ? "not " : "", number, name, status == XP_RED ? "red" : "never",
	       (unsigned long long)res.schedules, (unsigned long long)res.transitions,
	       res.complete ? "yes" : "no", (unsigned long long)useful, wrong ? ": " : "",
	       wrong ? wrong : "");
	if (*res.verdict)
		printf("#   %s\n", res.verdict);
	found->red = status == XP_RED;
	found->used = ~0ULL;
	memcpy(found->verdict, res.verdict, sizeof(found->verdict));
	if (only && status == XP_RED)
		print_red(&res.failing);
	if (only) {
		printf("#   given up as explored elsewhere %llu, deepest %u, replayed %llu\n",
		       (unsigned long long)res.blocked, res.deepest,
		       (unsigned long long)res.replayed);
		xp_print_rate(stdout, &res);
	}
	fflush(stdout);
	return wrong ? 1 : 0;
}

/* The same oracle, or the same way to go wrong. */
static bool same_kind(const char *a, const char *b)
{
	size_t n = strcspn(a, ":");

	return n == strcspn(b, ":") && !strncmp(a, b, n);
}

static int search_with(const void *arg)
{
	enum xp_status status;
	struct xp_result res;
	u64 useful;

	boot(arg);
	status = model_explore(&(struct xp_options){.max_seconds = seconds}, &res, &useful);
	if (status == XP_RED)
		return same_kind(res.verdict, found->verdict) ? NARROW_RED : NARROW_CUT;
	return status == XP_PASS ? NARROW_NEVER : NARROW_CUT;
}

/*
 * In a process of its own: a machine boots once. A line of memory that a schedule has changed,
 * and that was not known to change, can take the whole process along before anybody looks
 * (arch/model/snapshot.c). So if it dies, once more, looking each time.
 */
static int in_child(int (*search)(const void *), const void *arg)
{
	int status = 0;

	for (int careful = 0; careful < 2; careful++) {
		pid_t pid = fork();

		if (!pid) {
			if (careful)
				model_careful();
			_exit(search(arg));
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0) {
			perror("explore: fork");
			return 3;
		}
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
	}
	raise(WTERMSIG(status));
	return 3;
}

static enum narrow_result narrower(const struct model_config *config)
{
	return (enum narrow_result)in_child(search_with, config);
}

/* A red case is narrowed if one scenario was asked for: it takes several searches. */
static int run_case(unsigned int number, const struct scenario *s, const struct scenario_case *c)
{
	struct model_config config;
	int status;

	found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (found == MAP_FAILED) {
		fprintf(stderr, "explore: no memory\n");
		return 3;
	}
	status = in_child(search_case, &number);
	if (found->red && only) {
		scenario_config(s, c, &config);
		narrow(stdout, &config, found->used, narrower);
	}
	return status;
}

/* The same as search_case(), but no search: random walks, and whether steps touch what they say. */
static int check_case(unsigned int number, const struct scenario *s, const struct scenario_case *c)
{
	static char why[16384];
	char name[128], *line, *rest = why;
	bool good;

	boot_current();
	scenario_case_name(s, c, name, sizeof(name));
	good = model_check(check, seconds, why, sizeof(why));
	printf("%sok %u %s # contract, %u walks\n", good ? "" : "not ", number, name, check);
	while (!good && (line = strsep(&rest, "\n")))
		printf("#   %s\n", line);
	fflush(stdout);
	return !good;
}

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

/* A schedule is one of a case: of that which is called so, or of the only one asked for. */
static int run_replay(void)
{
	static struct xp_schedule schedule;
	const char *bad = xp_parse(replay, &schedule);
	unsigned int which = nr_chosen == 1 ? 0 : nr_chosen;
	enum xp_status status;
	struct xp_result res;
	char name[128];
	u64 useful;

	for (unsigned int i = 0; i < nr_chosen && which == nr_chosen; i++) {
		scenario_case_name(chosen[i].s, chosen[i].c, name, sizeof(name));
		if (!strcmp(name + strlen(only) + 1, only_case))
			which = i;
	}
	if (bad)
		fprintf(stderr, "explore: replay string: %s\n", bad);
	else if (which == nr_chosen)
		fprintf(stderr,
			"explore: a replay string is of one case, '%s' is in the names of %u\n",
			only_case, nr_chosen);
	if (bad || which == nr_chosen)
		return 2;
	current_scenario = chosen[which].s;
	current_case = chosen[which].c;
	boot_current();
	/* What is shared is found by the search that found the schedule: repeat it. */
	model_explore(&(struct xp_options){.max_seconds = seconds}, &res, &useful);
	model_freeze();
	status = model_show(&schedule, stdout);
	return status == XP_PASS ? 0 : 1;
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
		current_scenario = chosen[i].s;
		current_case = chosen[i].c;
		if (!fork())
			exit((check ? check_case : run_case)(i + 1, current_scenario,
							     current_case));
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

static int usage(void)
{
	fprintf(stderr,
		"usage: explore [--all] [--jobs N] [--seconds N] [--no-reduction]\n"
		"       [--check-restore] [--check WALKS [--lie KIND]] [SCENARIO [CASE [REPLAY]]]\n");
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
			none = true;
		else if (!strcmp(argv[i], "--check-restore"))
			check_restore = true;
		else if (!strcmp(argv[i], "--jobs") && i + 1 < argc)
			jobs = (unsigned int)atoi(argv[++i]);
		else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
			seconds = atof(argv[++i]);
		else if (!strcmp(argv[i], "--check") && i + 1 < argc && atoi(argv[i + 1]) > 0)
			check = (unsigned int)atoi(argv[++i]);
		else if (!strcmp(argv[i], "--lie") && i + 1 < argc)
			lie = argv[++i];
		else
			return usage();
	}
	if (argc - i > 3 || !jobs || seconds <= 0 || (lie && !check))
		return usage();
	if (lie && !model_plant_lie(lie)) {
		fprintf(stderr, "explore: --lie %s: there are no such objects\n", lie);
		return 2;
	}
	only = i < argc ? argv[i] : NULL;
	only_case = i + 1 < argc ? argv[i + 1] : NULL;
	replay = i + 2 < argc ? argv[i + 2] : NULL;
	choose();
	if (!nr_chosen)
		return nothing_chosen();
	return replay ? run_replay() : run_all();
}
