/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <explore/explore.h>

/* The modelled machine, booted and standing at its snapshot, as a world of the explorer. */
extern struct xp_world model_world;

/*
 * Search it: again from the beginning whenever it turned out that more memory is shared
 * than was known. @useful: syncs, over all schedules, that found someone to wait for.
 */
enum xp_status model_explore(const struct xp_options *opt, struct xp_result *res, u64 *useful);

/* Run one schedule and print its history, two columns. Returns as xp_replay(). */
enum xp_status model_show(const struct xp_schedule *s, FILE *to);

#endif
