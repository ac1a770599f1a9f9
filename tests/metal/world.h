/* SPDX-License-Identifier: GPL-2.0 */
#ifndef METAL_WORLD_H
#define METAL_WORLD_H

#include <explore/explore.h>
#include "metal.h"

/* Driven CPUs as a world of the explorer. All of this on the controller. */
extern struct xp_world metal_world;

void world_begin(unsigned int nr_cpus); /* those from 0 on take part */
void world_settle(void);
void world_save(enum metal_level level);
void world_restore(enum metal_level level);

/* Search it, from the beginning again whenever another shared word is found. As model_explore(). */
enum xp_status world_explore(struct xp_options *opt, struct xp_result *res);

/* Run one schedule and print its events. Returns as xp_replay(). */
enum xp_status world_replay(const struct xp_schedule *s);

/* Of the last search: a schedule with as many switches between CPUs as any. */
const struct xp_schedule *world_busiest(void);

#endif
