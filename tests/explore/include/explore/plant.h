/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_PLANT_H
#define EXPLORE_PLANT_H

/*
 * Bugs for xp_options.plant, each of which the comparison with the exhaustive search must
 * find. Never set otherwise.
 */
enum {
	XP_PLANT_RMW = 1 << 0, /* a write does not race with the reads before it */
	XP_PLANT_SLEEP = 1 << 1, /* a dependent step does not wake sleeping processes */
	XP_PLANT_BLOCKED = 1 << 2, /* a process that was held up is in no race */
	XP_PLANT_LAST = 1 << 3, /* only the latest of a step's races is reversed */
	XP_PLANT_INITIAL = 1 << 4, /* reversed only if the later process itself can go first */
	XP_PLANT_CLOCK = 1 << 5, /* readers of one object are ordered */
	XP_PLANT_END = 1 << 6, /* a step that is never taken is in no race */
	XP_PLANT_SPLIT = 1 << 7, /* workers leave out the last job */
	XP_PLANT_TURN = 1 << 8, /* XP_TURN is ignored */
	XP_PLANT_STATE = 1 << 9, /* many states have one hash */
};

#endif
