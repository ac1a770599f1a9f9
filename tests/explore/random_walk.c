/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random executions before a search, from which it learns which words are shared and which memory
 * changes. They are real executions, so they never find too much. What they do not find, the
 * search finds, and then begins again.
 */
#include "engine.h"
#include "model_world.h"
#include <model/machine.h>

#define QUIET	       200 /* stop after so many in a row that have found nothing new */
#define QUIET_BY_STEPS 60 /* the same, where memory is compared after each step */
#define MOST	       4000

static u64 state;

static void walk(unsigned int turn, bool by_steps)
{
	const struct xp_world *world = &model_world;
	unsigned int p = 0, n;
	struct xp_step done;
	u64 can;

	world->reset(NULL);
	for (n = 0; n < XP_MAX_DEPTH && (can = world->enabled(NULL)); n++) {
		p = random_turn(&state, can, p, turn);
		done.nr = 0;
		world->step(NULL, p, &done);
		if (by_steps)
			model_image();
		if (world->verdict(NULL, false))
			return;
	}
	if (n < XP_MAX_DEPTH && world->finished(NULL))
		world->verdict(NULL, true);
}

static void walks(unsigned int enough, bool by_steps)
{
	static const unsigned int turns[] = {2, 4, 16, 64};

	for (unsigned int i = 0, quiet = 0; i < MOST && quiet < enough; i++, quiet++) {
		unsigned int lines = model_lines();

		walk(turns[i % (sizeof(turns) / sizeof(*turns))], by_steps);
		if (model_learn() || (by_steps && model_lines() > lines))
			quiet = 0;
	}
}

void model_random_walks(bool by_steps)
{
	state = 1;
	model_freeze(true);
	walks(QUIET, false);
	/* Lines that change, and at the end are what they were at the beginning. */
	if (by_steps)
		walks(QUIET_BY_STEPS, true);
	model_freeze(false);
}
