/* SPDX-License-Identifier: GPL-2.0 */
/* The modelled machine as a world: its processes and steps are <model/machine.h>'s. */
#include "as_if.h"
#include "engine.h"
#include "host.h"
#include "model_world.h"
#include <string.h>
#include <explore/also.h>
#include <explore/replay.h>
#include <kernel/config.h>
#include <model/machine.h>
#include <tests/scenario_run.h>

#define MAX_SEARCHES 1000
#define DISCOVERED   "more words are shared than was known"

static unsigned patience;

void model_patience(unsigned seconds)
{
	patience = seconds;
	xp_watch(seconds);
}

/* A search watches its own steps. This does so for other executions, now and then. */
static void reset(void *w)
{
	static unsigned resets;

	if (patience && (!xp_watching() || !(resets++ % 64)))
		xp_watch(patience);
	model_restore();
}

_Static_assert(MODEL_MAX_CHECKPOINTS >= XP_MAX_SLOTS, "a checkpoint for each slot");

static void save(void *w, unsigned slot)
{
	model_save(slot);
}

static bool restore(void *w, unsigned slot)
{
	return model_restore_saved(slot);
}

static u64 image(void *w)
{
	return model_image();
}

static u64 state(void *w)
{
	return model_state();
}

static u64 enabled(void *w)
{
	return model_failure() || model_discovered() ? 0 : model_enabled();
}

static void next(void *w, unsigned p, struct xp_step *s)
{
	struct model_acc acc[XP_MAX_ACC];
	unsigned int n = model_next(p, acc);

	for (unsigned int i = 0; i < n; i++)
		if (!model_omits(acc[i].obj))
			xp_touch(s, acc[i].obj, acc[i].rw);
}

static enum { GOES_ON, FAULTS, HANGS, LIMIT } planted_end;

bool model_plant_end(const char *how)
{
	if (!strcmp(how, "tlb-full")) {
		tlb_room = 1;
		return true;
	}
	planted_end = !strcmp(how, "fault")   ? FAULTS
		      : !strcmp(how, "hang")  ? HANGS
		      : !strcmp(how, "limit") ? LIMIT
					      : GOES_ON;
	return planted_end;
}

static void end_here(void)
{
	static int *volatile nowhere;
	static unsigned steps;

	if (++steps < 1000)
		return;
	if (planted_end == FAULTS)
		*nowhere = 0;
	if (planted_end == LIMIT)
		host_die("the model has met a limit (--end limit)");
	for (volatile bool hang = true; hang;)
		;
}

static void step(void *w, unsigned p, struct xp_step *done)
{
	next(w, p, done);
	model_step(p);
	if (unlikely(planted_end))
		end_here();
}

static bool finished(void *w)
{
	return model_at_rest() && scenario_finished();
}

static const char *verdict(void *w, bool end)
{
	if (model_discovered())
		return DISCOVERED;
	if (end && !model_failure())
		scenario_end();
	if (end && !model_failure())
		as_if_judge();
	return model_failure();
}

static u64 tally(void *w)
{
	if (schedule_also)
		schedule_also();
	return scenario_useful();
}

static bool doubtful(void *w)
{
	return model_missed() || model_discovered();
}

static const char *proc_name(void *w, unsigned p)
{
	static char name[24];

	snprintf(name, sizeof(name), "%s%s%u", model_proc_name(p),
		 p / MODEL_MAX_CPUS ? " of CPU" : "", p % MODEL_MAX_CPUS);
	return name;
}

static void describe(void *w, unsigned p, char *buf, size_t size)
{
	model_describe(p, buf, size);
}

struct xp_world model_world = {
	.name = "model",
	.nr_procs = MODEL_MAX_PROCS,
	.turners = ~0ULL,
	.reset = reset,
	.save = save,
	.restore = restore,
	.enabled = enabled,
	.next = next,
	.step = step,
	.finished = finished,
	.verdict = verdict,
	.tally = tally,
	.doubtful = doubtful,
	.image = image,
	.state = state,
	.proc_name = proc_name,
	.describe = describe,
};

/* What a worker has discovered is known only in its process: discover it here too. */
static void discover_again(const struct xp_schedule *s)
{
	static struct xp_run run;

	xp_replay(&model_world, NULL, s, false, NULL, NULL, &run);
}

/*
 * Search until the result counts. It does not, and is doubtful, if the search has met
 *	a word that is shared, whose accesses were no steps: model_discovered()
 *	a line that has changed, and was not put back: model_missed()
 * The next search knows both from its beginning.
 */
static enum xp_status search(const struct xp_options *opt, struct xp_result *res)
{
	for (unsigned int searches = 0; searches < MAX_SEARCHES; searches++) {
		enum xp_status status;

		model_learn();
		status = xp_explore(&model_world, NULL, opt, res);
		if (!res->doubtful)
			return status;
		if (!strcmp(res->verdict, DISCOVERED) && !model_discovered())
			discover_again(&res->failing);
	}
	res->complete = false;
	res->why = "the set of shared words keeps growing";
	return XP_CUT;
}

enum xp_status model_explore(const struct xp_options *opt, struct xp_result *res)
{
	struct xp_options one_worker = *opt;
	enum xp_status status;

	/* Clocks of the race detector and shadow memory are in no checkpoint. */
	if (CONFIG_MODEL_RACES || CONFIG_MODEL_ASAN) {
		model_world.save = NULL;
		model_world.restore = NULL;
	}
	model_random_walks(opt->reduce == XP_STATES);
	status = search(opt, res);
	if (status != XP_RED || opt->workers <= 1)
		return status;
	/* The printed schedule must not depend on the number of workers. */
	one_worker.workers = 1;
	return search(&one_worker, res);
}
