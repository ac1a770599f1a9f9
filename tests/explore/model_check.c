/* SPDX-License-Identifier: GPL-2.0 */
/* Does the modelled machine keep the rules of <explore/world.h>? The reduction depends on them. */
#include "engine.h"
#include "model_world.h"
#include <string.h>
#include <explore/check.h>
#include <model/machine.h>
#include <tests/scenario_run.h>

#define MAX_TRIES 1000

static unsigned int omitted_kind;
static bool omitting;

bool model_omit(const char *kind)
{
	const char *name;

	for (omitted_kind = 0; (name = model_object_name(omitted_kind)); omitted_kind++)
		if (!strcmp(name, kind))
			return omitting = true;
	return false;
}

bool model_omits(uintptr_t obj)
{
	return omitting && model_object_kind(obj) == omitted_kind;
}

/*
 * A hash that is the same for both orders of independent steps. None with store buffers: a fence
 * is no step if the buffer is empty, and if it is a step it has no other effect.
 */
static u64 state(void *w)
{
	if (model_has(PROC_DRAIN))
		return 0;
	return model_cpu_state() + scenario_useful() + (scenario_raced() << 32);
}

/* One walk, repeated while it finds that a word which was taken for private is shared. */
static bool check_walk(unsigned int seed, char *why, size_t size)
{
	for (unsigned int tries = 0; tries < MAX_TRIES; tries++) {
		bool good;

		model_learn();
		good = xp_check_world(&model_world, NULL, 1, seed, why, size);
		if (!model_discovered() && !model_missed())
			return good;
	}
	snprintf(why, size, "the set of shared words keeps growing");
	return false;
}

bool model_check(unsigned int walks, double seconds, char *why, size_t size)
{
	double limit = xp_seconds() + seconds;

	model_world.fingerprint = state;
	for (unsigned int i = 0; i < walks;) {
		if (!check_walk(i, why, size))
			return false;
		if (++i < walks && xp_seconds() > limit) {
			snprintf(why, size, "only %u walks in %g seconds", i, seconds);
			return false;
		}
	}
	return true;
}
