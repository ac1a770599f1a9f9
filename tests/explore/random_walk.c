/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random executions before a search, from which it learns which words are shared and which memory
 * changes. They are real executions, so they never find too much. What they do not find, the
 * search finds, and then begins again.
 */
#include "engine.h"
#include "model_world.h"
#include <model/machine.h>

#define QUIET 200 /* stop after so many in a row that have found nothing new */
#define MOST  4000

static u64 state;

/* Once in @turn steps choose any process, else the last one, if it can run. */
static unsigned int choose(u64 can, unsigned int last, unsigned int turn)
{
	return can & BIT(last) && random_below(&state, turn) ? last : random_of(&state, can);
}

static void walk(unsigned int turn)
{
	const struct xp_world *world = &model_world;
	unsigned int p = 0, n;
	struct xp_step done;
	u64 can;

	world->reset(NULL);
	for (n = 0; n < XP_MAX_DEPTH && (can = world->enabled(NULL)); n++) {
		p = choose(can, p, turn);
		done.nr = 0;
		world->step(NULL, p, &done);
		if (world->verdict(NULL, false))
			return;
	}
	if (n < XP_MAX_DEPTH && world->finished(NULL))
		world->verdict(NULL, true);
}

void model_random_walks(void)
{
	static const unsigned int turns[] = {2, 4, 16, 64};

	state = 1;
	model_freeze(true);
	for (unsigned int i = 0, quiet = 0; i < MOST && quiet < QUIET; i++, quiet++) {
		walk(turns[i % (sizeof(turns) / sizeof(*turns))]);
		if (model_learn())
			quiet = 0;
	}
	model_freeze(false);
}
