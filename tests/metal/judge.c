/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A verdict of an oracle can depend on an order in which no access of the kernel conflicts. So the
 * events on which oracles judge are part of what a step touches, as in arch/model/observe.c. Also
 * here: the machine as the scenarios see it.
 */
#include "metal.h"
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <asm/pgtable_types.h>
#include <asm/uaccess.h>
#include <model/machine.h>
#include <tests/scenario.h>

static void reads_walks(const struct event *ev)
{
	for (unsigned int cpu = 0; cpu < num_online_cpus(); cpu++)
		if (cpu != ev->cpu)
			metal_touch(OBJECT(OBJ_WALK, cpu), XP_READ);
}

static void writes_walk(const struct event *ev)
{
	metal_touch(OBJECT(OBJ_WALK, ev->cpu), XP_WRITE);
}

static void reused(const struct event *ev)
{
	if (ev->c == PT_LEVEL_PMD && (ev->id == EV_PT_CLEAR || !(ev->b & _PAGE_PSE)))
		reads_walks(ev);
}

#define JUDGED(event, func)                                                               \
	static const struct observer __judged_##event = {.id = EV_##event, .fn = (func)}; \
	LINKSET_ADD(observer, &__judged_##event)
JUDGED(WALK_BEGIN, writes_walk);
JUDGED(WALK_END, writes_walk);
JUDGED(PIN, writes_walk);
JUDGED(WITHDRAW, reads_walks);
JUDGED(SYNC_BEGIN, reads_walks);
JUDGED(ISOLATE, reads_walks);
JUDGED(DEPOSIT, reads_walks);
JUDGED(TABLE_FREE, reads_walks);
JUDGED(PT_SET, reused);
JUDGED(PT_CLEAR, reused);

/* <model/machine.h> */

void model_gate(void)
{
	metal_park(OP_START);
}

void model_take_interrupts(void)
{
	if (metal_mode == METAL_EXPLORE)
		metal_park(OP_EVENT);
}

void model_look(void (*fn)(void))
{
	fn();
}

void model_fail(const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	metal_fail("%s", text);
}

/* A load, whether or not the TLB has a translation: a real TLB cannot be read. */
void model_use_cached(unsigned long addr)
{
	u64 val;

	get_user_u64(&val, addr);
}
