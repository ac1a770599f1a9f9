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
#include <explore/also.h>
#include <model/machine.h>
#include <model/sanitizer.h>
#include <tests/scenario_run.h>

/* The case that this process explores. */
static const struct scenario *current_scenario;
static const struct scenario_case *current_case;
static const struct case_options *options;

/* Results of the process that searches a case, for the process that narrows it. */
static struct {
	bool red;
	u64 used; /* processes of the schedule that is printed */
	char verdict[XP_VERDICT_MAX];
} * found;

static void select_case(const struct scenario *s, const struct scenario_case *c,
			const struct case_options *opt)
{
	current_scenario = s;
	current_case = c;
	options = opt;
}

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

static void boot_case(void)
{
	struct model_config config;

	scenario_config(current_scenario, current_case, &config);
	boot(&config);
}

/* A program with more schedules has most of them in orders that lead to the same states. */
#define MOST_TRACES 20000

/* Programs are searched by states, unless they are small or it was said how. */
static enum xp_status search(const struct xp_options *opt, struct xp_result *res)
{
	struct xp_options few = *opt, states = *opt;
	enum xp_status status;

	if (!program_is(current_scenario) || opt->reduce != XP_DPOR || opt->bound_preemptions ||
	    opt->max_schedules)
		return model_explore(opt, res);
	few.max_schedules = MOST_TRACES;
	few.workers = 0;
	status = model_explore(&few, res);
	if (status != XP_CUT)
		return status;
	states.reduce = XP_STATES;
	return model_explore(&states, res);
}

/* The same search without the options that cut or split it. */
static enum xp_status search_plainly(struct xp_result *res)
{
	const struct xp_options plain = {.reduce = options->search.reduce,
					 .max_seconds = options->search.max_seconds,
					 .step_seconds = options->search.step_seconds};

	return search(&plain, res);
}

/* Return: states, else schedules, in all; 0: it is not known. */
static unsigned long long estimated(const struct xp_result *res)
{
	double all = res->states ? (double)res->states : (double)res->schedules;

	if (res->complete || !(res->share > 0))
		return 0;
	all /= res->share;
	return all < (double)~0ULL ? (unsigned long long)all : ~0ULL;
}

/* Return: is it what the case expects? */
static bool print_result(const struct xp_result *res, bool red)
{
	char line[SCENARIO_LINE], verdict[VERDICT_MAX];
	struct scenario_outcome outcome;
	bool good;

	host_spell(res->verdict, verdict, sizeof(verdict));
	outcome = (struct scenario_outcome){
		.known = true,
		.red = red,
		.complete = res->complete,
		.cut = res->why,
		.bounded = current_case->bound && !options->search.bound_preemptions &&
			   res->why == xp_bounded,
		.its_oracle = verdict_expected(current_case, verdict),
		.schedules = res->schedules,
		.states = res->states,
		.transitions = res->transitions,
		.estimated = red ? 0 : estimated(res),
		.useful = res->tally,
	};
	good = scenario_result_line(line, options->number, current_scenario, current_case,
				    &outcome);
	puts(line);
	if (*verdict)
		printf("#   %s\n", verdict);
	if (case_also)
		case_also();
	if (options->outcome)
		*options->outcome = outcome;
	return good;
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

static void print_effort(const struct xp_result *res)
{
	printf("#   given up as explored elsewhere %llu, deepest %u, replayed %llu\n",
	       (unsigned long long)res->blocked, res->deepest, (unsigned long long)res->replayed);
	xp_print_rate(stdout, res);
}

/* The options, with the bound of the case if none is asked for. */
static struct xp_options search_options(void)
{
	struct xp_options o = options->search;

	if (current_case->bound && !o.bound_preemptions) {
		o.bound_preemptions = true;
		o.preemptions = current_case->bound;
	}
	return o;
}

static int search_case(const void *unused)
{
	const struct xp_options opt = search_options();
	struct xp_result res;
	bool good;

	if (options->search.check_restore)
		model_careful();
	boot_case();
	found->red = search(&opt, &res) == XP_RED;
	memcpy(found->verdict, res.verdict, sizeof(found->verdict));
	good = print_result(&res, found->red);
	if (found->red)
		print_red(&res.failing);
	if (options->alone)
		print_effort(&res);
	return !good;
}

/* A search has no answer: not ok, but with another message and status than a red one. */
static int no_verdict(void)
{
	char line[SCENARIO_LINE];

	scenario_line(line, false, options->number, current_scenario, current_case,
		      "no verdict: %s", child_why());
	puts(line);
	if (*child_schedule())
		printf("# replay %s\n", child_schedule());
	fflush(stdout);
	return 2;
}

static int search_with(const void *config)
{
	enum xp_status status;
	struct xp_result res;

	boot(config);
	status = search_plainly(&res);
	if (status == XP_RED && verdict_same_kind(res.verdict, found->verdict))
		return NARROW_RED;
	return status == XP_PASS ? NARROW_NEVER : NARROW_CUT;
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

/* The hardware choices that it needs: known only if every search for that has an answer. */
static int narrow_case(void)
{
	struct model_config config;
	char needs[NARROW_MAX];

	scenario_config(current_scenario, current_case, &config);
	model_sanitizer_told();
	narrow(needs, &config, found->used, narrower);
	if (narrow_failed)
		printf("# needs: not known: %s\n", child_why());
	else
		printf("# needs: %s\n", needs);
	fflush(stdout);
	return narrow_failed ? 2 : 0;
}

int case_run(const struct scenario *s, const struct scenario_case *c,
	     const struct case_options *opt)
{
	int status, needs;

	select_case(s, c, opt);
	found = host_alloc_shared(sizeof(*found));
	child_init();
	if (!child_run(search_case, NULL, &status))
		return no_verdict();
	if (!found->red || !options->alone)
		return status;
	needs = narrow_case();
	return needs ? needs : status;
}

static int check_case(const void *unused)
{
	static char why[16384];
	char line[SCENARIO_LINE], *reason, *rest = why;
	bool good;

	model_careful();
	boot_case();
	good = model_check(options->walks, options->search.max_seconds, why, sizeof(why));
	scenario_line(line, good, options->number, current_scenario, current_case,
		      "contract, %u walks", options->walks);
	puts(line);
	while (!good && (reason = strsep(&rest, "\n")))
		printf("#   %s\n", reason);
	return !good;
}

int case_check(const struct scenario *s, const struct scenario_case *c,
	       const struct case_options *opt)
{
	int status;

	select_case(s, c, opt);
	child_init();
	return child_run(check_case, NULL, &status) ? status : no_verdict();
}

/*
 * Which words are shared decides what is a step, so a schedule means the same only to the search
 * that has found it: repeat that, to learn the words. It compares memory each time: this process
 * prints the schedule, so it must not crash as a child may.
 */
static void learn_shared_words(const struct scenario *s, const struct scenario_case *c,
			       const struct case_options *opt)
{
	struct xp_result res;

	select_case(s, c, opt);
	child_none();
	model_careful();
	boot_case();
	if (search_plainly(&res) == XP_CUT)
		xp_die("%s: the shared words are not known, the search for them did not end: %s",
		       s->name, res.why);
	model_freeze(true);
}

int case_replay(const struct scenario *s, const struct scenario_case *c,
		const struct case_options *opt, const struct xp_schedule *schedule)
{
	learn_shared_words(s, c, opt);
	return (int)model_show(schedule, stdout);
}

int case_follow(const struct scenario *s, const struct scenario_case *c,
		const struct case_options *opt)
{
	learn_shared_words(s, c, opt);
	return model_guided(stdout) == XP_CUT ? 1 : 0;
}
