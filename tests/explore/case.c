/* SPDX-License-Identifier: GPL-2.0 */
/* One case: search it, judge the result, print it; see case.h. */
#include "as_if.h"
#include "case.h"
#include "child.h"
#include "engine.h"
#include "host.h"
#include "model_world.h"
#include "narrow.h"
#include "verdict.h"
#include <string.h>
#include <sys/mman.h>
#include <model/machine.h>
#include <model/sanitizer.h>
#include <tests/scenario_run.h>

static const struct scenario *current_scenario;
static const struct scenario_case *current_case;
static const struct case_options *options;

/* Results of the process that searches a case, for the process that narrows it. */
static struct {
	bool red;
	u64 used; /* processes of the schedule that is printed */
	char verdict[XP_VERDICT_MAX];
} * found;

static void start(void)
{
	if (scenario_choose(current_case))
		xp_die("%s: a case names an unknown backend, policy or planted bug",
		       current_scenario->name);
	scenario_start();
}

static void boot(const struct model_config *config)
{
	const struct scenario *s = current_scenario;

	model_patience(options->search.step_seconds);
	scenario_select(s);
	if (program_is(s))
		program_select(s);
	model_world.name = s->name;
	model_boot(config, start);
	if (!scenario_ready() || model_failure())
		xp_die("setup of %s does not end: %s", s->name,
		       model_failure() ? model_failure() : "it waits for something");
	model_snapshot();
	model_world.essential = (1u << config->cpus) - 1;
	model_world.absent = ~model_procs();
	model_world.turners = model_turners();
	if (program_is(s))
		as_if_learn();
}

static void boot_current(void)
{
	struct model_config config;

	scenario_config(current_scenario, current_case, &config);
	boot(&config);
}

static void print_red(struct xp_schedule *s)
{
	static char text[XP_FORMAT_MAX];

	model_freeze(true);
	if (xp_minimise(&model_world, NULL, s, 3000) < 0)
		xp_die("%s: the red schedule is not red when it is run again", model_world.name);
	xp_format(s, text);
	found->used = 0;
	for (unsigned int i = 0; i < s->nr; i++)
		found->used |= 1ULL << s->proc[i];
	printf("# replay %s\n", text);
	if (options->alone)
		model_show(s, stdout);
}

/* @arg: the number of the case. */
static int search_case(const void *arg)
{
	const struct scenario *s = current_scenario;
	const struct scenario_case *c = current_case;
	unsigned int number = *(const unsigned int *)arg;
	struct xp_result res;
	enum xp_status status;
	const char *wrong;
	char name[128], verdict[VERDICT_MAX];

	if (options->search.check_restore)
		model_careful();
	boot_current();
	scenario_case_name(s, c, name, sizeof(name));
	status = model_explore(&options->search, &res);
	host_spell(res.verdict, verdict, sizeof(verdict));
	wrong = scenario_judge(c, &(struct scenario_outcome){
					  .red = status == XP_RED,
					  .complete = res.complete,
					  .its_oracle = verdict_expected(c, verdict),
					  .useful = res.tally,
				  });
	printf("%sok %u %s # %s schedules=%llu transitions=%llu complete=%s useful=%llu%s%s\n",
	       wrong ? "not " : "", number, name, status == XP_RED ? "red" : "never",
	       (unsigned long long)res.schedules, (unsigned long long)res.transitions,
	       res.complete ? "yes" : "no", (unsigned long long)res.tally, wrong ? ": " : "",
	       wrong ? wrong : "");
	if (*verdict)
		printf("#   %s\n", verdict);
	else if (!res.complete)
		printf("#   not complete: %s\n", res.why);
	found->red = status == XP_RED;
	if (options->outcome)
		*options->outcome = (struct case_outcome){
			.known = true,
			.red = status == XP_RED,
			.complete = res.complete,
			.useful = res.tally,
		};
	found->used = ~0ULL;
	memcpy(found->verdict, res.verdict, sizeof(found->verdict));
	if (status == XP_RED)
		print_red(&res.failing);
	if (options->alone) {
		printf("#   given up as explored elsewhere %llu, deepest %u, replayed %llu\n",
		       (unsigned long long)res.blocked, res.deepest,
		       (unsigned long long)res.replayed);
		xp_print_rate(stdout, &res);
	}
	return wrong ? 1 : 0;
}

static int search_with(const void *arg)
{
	const struct xp_options plain = {.max_seconds = options->search.max_seconds,
					 .step_seconds = options->search.step_seconds};
	enum xp_status status;
	struct xp_result res;

	boot(arg);
	status = model_explore(&plain, &res);
	if (status == XP_RED)
		return verdict_same_kind(res.verdict, found->verdict) ? NARROW_RED : NARROW_CUT;
	return status == XP_PASS ? NARROW_NEVER : NARROW_CUT;
}

/* A search has no answer: not ok, but with another message and status than a red one. */
static int no_verdict(unsigned int number, const char *name)
{
	printf("not ok %u %s # no verdict: %s\n", number, name, child_why());
	if (*child_schedule())
		printf("# replay %s\n", child_schedule());
	fflush(stdout);
	return 2;
}

static bool narrow_failed;

static enum narrow_result narrower(const struct model_config *config)
{
	int answer;

	if (!narrow_failed && child_run(search_with, config, &answer))
		return (enum narrow_result)answer;
	narrow_failed = true;
	return NARROW_CUT;
}

/* The liberties that it needs: known only if every search for that has an answer. */
static int narrow_case(const struct scenario *s, const struct scenario_case *c)
{
	struct model_config config;
	char needs[NARROW_MAX];

	scenario_config(s, c, &config);
	model_sanitizer_told();
	narrow(needs, &config, found->used, narrower);
	if (narrow_failed)
		printf("# needs: not known: %s\n", child_why());
	else
		printf("# needs: %s\n", needs);
	fflush(stdout);
	return narrow_failed ? 2 : 0;
}

static void select_case(const struct scenario *s, const struct scenario_case *c,
			const struct case_options *opt)
{
	current_scenario = s;
	current_case = c;
	options = opt;
}

int case_run(unsigned int number, const struct scenario *s, const struct scenario_case *c,
	     const struct case_options *opt)
{
	char name[128];
	int status, needs;

	select_case(s, c, opt);
	scenario_case_name(s, c, name, sizeof(name));
	found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (found == MAP_FAILED)
		xp_die("%s: no memory for the result", name);
	child_init();
	if (!child_run(search_case, &number, &status))
		return no_verdict(number, name);
	if (!found->red || !options->alone)
		return status;
	needs = narrow_case(s, c);
	return needs ? needs : status;
}

/* @arg: the number of the case. */
static int check_case(const void *arg)
{
	const struct scenario *s = current_scenario;
	const struct scenario_case *c = current_case;
	unsigned int number = *(const unsigned int *)arg;
	static char why[16384];
	char name[128], *line, *rest = why;
	bool good;

	model_careful();
	boot_current();
	scenario_case_name(s, c, name, sizeof(name));
	good = model_check(options->walks, options->search.max_seconds, why, sizeof(why));
	printf("%sok %u %s # contract, %u walks\n", good ? "" : "not ", number, name,
	       options->walks);
	while (!good && (line = strsep(&rest, "\n")))
		printf("#   %s\n", line);
	return !good;
}

int case_check(unsigned int number, const struct scenario *s, const struct scenario_case *c,
	       const struct case_options *opt)
{
	char name[128];
	int status;

	select_case(s, c, opt);
	scenario_case_name(s, c, name, sizeof(name));
	child_init();
	return child_run(check_case, &number, &status) ? status : no_verdict(number, name);
}

/*
 * Repeat the search that has found the schedule, to learn which words are shared. It compares
 * memory each time: this process prints the schedule, so it must not crash as a child may.
 */
static void search_again(const struct scenario *s, const struct scenario_case *c,
			 const struct case_options *opt)
{
	const struct xp_options again = {.max_seconds = opt->search.max_seconds,
					 .step_seconds = opt->search.step_seconds};
	struct xp_result res;

	select_case(s, c, opt);
	child_none();
	model_careful();
	boot_current();
	if (model_explore(&again, &res) == XP_CUT)
		xp_die("%s: the shared words are not known, the search for them did not end: %s",
		       s->name, res.why);
	model_freeze(true);
}

int case_replay(const struct scenario *s, const struct scenario_case *c,
		const struct case_options *opt, const struct xp_schedule *schedule)
{
	search_again(s, c, opt);
	switch (model_show(schedule, stdout)) {
	case XP_PASS:
		return 0;
	case XP_RED:
		return 1;
	default:
		return 2;
	}
}

int case_follow(const struct scenario *s, const struct scenario_case *c,
		const struct case_options *opt)
{
	search_again(s, c, opt);
	return model_guided(stdout) == XP_CUT ? 1 : 0;
}
