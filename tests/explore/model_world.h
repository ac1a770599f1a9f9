/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <explore/explore.h>

/* The modelled machine, booted and standing at its snapshot, as a world of the explorer. */
extern struct xp_world model_world;

/*
 * Search it: again from the beginning whenever it turned out that more memory is shared
 * than was known. The tally counts syncs that found someone to wait for.
 */
enum xp_status model_explore(const struct xp_options *opt, struct xp_result *res);

/*
 * From now on a step, of whatever execution, that has not ended after so many seconds ends the
 * process; and so does a boot. 0: no more.
 */
void model_patience(unsigned seconds);

/* Let the search know beforehand, from random executions, most of what it would have to learn. */
void model_wander(void);

/**
 * model_check - does the machine keep the rules of <explore/world.h> here?
 * @walks:	random executions, each by xp_check_world()
 * @seconds:	and no longer
 * @why, @size:	what is wrong
 *
 * Return: true if nothing was found.
 */
bool model_check(unsigned int walks, double seconds, char *why, size_t size);

/*
 * A planted bug: no step says any more what it touches of objects of that @kind by
 * model_object_name(). For model_check(), which must see it. Return: false,
 * there is no such kind.
 */
bool model_plant_lie(const char *kind);
bool model_kept_quiet(uintptr_t obj);

/*
 * A planted end: the thousandth step of each process that searches faults ("fault"), never ends
 * ("hang") or meets a limit of the model ("limit"); or a TLB has one entry ("tlb-full"). Return: false, there is no such end.
 */
bool model_plant_end(const char *how);

/* Run one schedule and print its history, two columns. Returns as xp_replay(). */
enum xp_status model_show(const struct xp_schedule *s, FILE *to);

/*
 * Look for a schedule that tells what driven CPUs told (<tests/tale.h>), and print its tale. First
 * each line that is wanted, in their order; NULL, or what is wrong with it. XP_CUT: none was found,
 * and the tale is one that comes near.
 */
const char *model_want(const char *line);
enum xp_status model_guided(FILE *to);

#endif
