/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs one schedule again and prints its events, to be compared with the model's. The model's steps
 * are finer, so the model can follow them (tests/explore/guided.c).
 */
#include <string.h>
#include <explore/replay.h>
#include "world.h"
#include <kernel/printk.h>
#include <tests/tale.h>

static void print_tale(void)
{
	for (unsigned int i = 0; i < tale_length(); i++)
		printk("# tale %s\n", tale_nth(i)->text);
	if (tale_untold())
		printk("# (%u more lines of the tale are not kept)\n", tale_untold());
}

static void told(const struct event *ev)
{
	if (metal_mode == METAL_EXPLORE && ev->cpu < metal_driven && !metal_cpus[ev->cpu].judged)
		tale_tell(ev);
}

#define TELL(event, what)                                                             \
	static const struct observer __told_##event = {.id = EV_##event, .fn = told}; \
	LINKSET_ADD(observer, &__told_##event);
TALE_EVENTS(TELL)

enum xp_status world_replay(const struct xp_schedule *s)
{
	static struct xp_run run;
	enum xp_status status;

	shared_freeze();
	tale_begin();
	status = xp_replay(&metal_world, NULL, s, false, NULL, NULL, &run);
	tale_end();
	if (*run.error)
		printk("# replay cannot be followed: %s\n", run.error);
	if (*run.verdict)
		printk("# replay: %s\n", run.verdict);
	print_tale();
	return status;
}
