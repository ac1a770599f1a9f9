/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs one schedule again and prints its events, to be compared with the model's. The model's steps
 * are finer, so the model can follow them (tests/explore/guided.c).
 */
#include <string.h>
#include <explore/replay.h>
#include "world.h"
#include <kernel/printk.h>
#include <tests/trace.h>

static void print_trace(void)
{
	for (unsigned int i = 0; i < trace_length(); i++)
		printk("# trace %s\n", trace_nth(i)->text);
	if (trace_lost())
		printk("# (%u more lines of the trace are not kept)\n", trace_lost());
}

static void record(const struct event *ev)
{
	if (metal_mode == METAL_EXPLORE && ev->cpu < metal_driven && !metal_cpus[ev->cpu].judged)
		trace_event(ev);
}

#define RECORD(event, what)                                                               \
	static const struct observer __record_##event = {.id = EV_##event, .fn = record}; \
	LINKSET_ADD(observer, &__record_##event);
TRACE_EVENTS(RECORD)

enum xp_status world_replay(const struct xp_schedule *s)
{
	static struct xp_run run;
	enum xp_status status;

	shared_freeze();
	trace_begin();
	status = xp_replay(&metal_world, NULL, s, false, NULL, NULL, &run);
	trace_end();
	if (*run.error)
		printk("# replay cannot be followed: %s\n", run.error);
	if (*run.verdict)
		printk("# replay: %s\n", run.verdict);
	print_trace();
	return status;
}
