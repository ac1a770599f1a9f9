/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <explore/explore.h>
#include <tests/history_mode.h>

/* The modelled machine, booted, with a snapshot taken, as a world of the explorer. */
extern struct xp_world model_world;

/*
 * Search it, again from the beginning whenever more memory proves to be shared than was known.
 * The tally counts schedules in which a sync found a walker to wait for.
 */
enum xp_status model_explore(const struct xp_options *opt, struct xp_result *res);

/*
 * From now on a boot, or a step of any execution, that takes longer than @seconds ends the
 * process. 0: no limit.
 */
void model_patience(unsigned seconds);

/*
 * Learn most of the shared words before the search, from random executions. @by_steps: and most
 * lines that change, by comparing memory after each step.
 */
void model_random_walks(bool by_steps);

/**
 * model_check - does the machine keep the rules of <explore/world.h> here?
 * @walks:	random executions, each by xp_check_world()
 * @seconds:	time limit
 * @why, @size:	what is wrong
 *
 * Return: true if nothing was found.
 */
bool model_check(unsigned int walks, double seconds, char *why, size_t size);

/*
 * A planted bug: steps leave out the objects of @kind (a name of model_object_name()) that they
 * touch. model_check() must find it. Return: false if there is no such kind.
 */
bool model_omit(const char *kind);
bool model_omits(uintptr_t obj);

/*
 * A planted end: the thousandth step of each process that searches faults ("fault"), never ends
 * ("hang") or meets a limit of the model ("limit"); or a TLB has one entry ("tlb-full"). Return:
 * false if there is no such end.
 */
bool model_plant_end(const char *how);

/*
 * Run one schedule and print its history, two columns, in this mode; and, if wanted, each event of all
 * CPUs for tools/trace.py. Returns as xp_replay().
 */
extern enum history_mode model_history_mode;
extern bool model_trace;
enum xp_status model_show(const struct xp_schedule *s, FILE *to);

/*
 * Look for a schedule with the same event trace (<tests/trace.h>) as one of driven CPUs, and print
 * its trace. First model_want() takes each line of the wanted trace, in order. Return: NULL, or
 * what is wrong with the line. Then model_guided(). Return: XP_CUT if no such schedule was found;
 * the printed trace then has as many lines in common as were found.
 */
const char *model_want(const char *line);
enum xp_status model_guided(FILE *to);

#endif
