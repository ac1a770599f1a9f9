/* SPDX-License-Identifier: GPL-2.0 */
/* PROC_TICK: a CPU's timer interrupt becomes pending. */
#include "irq.h"
#include "proc.h"

bool timer_left(unsigned int cpu)
{
	return machine.cpus[cpu].left[PROC_TICK];
}

static bool tick_enabled(unsigned int cpu)
{
	const struct mcpu *c = &machine.cpus[cpu];

	return timer_left(cpu) && !c->stopped && !(*hw_state(irq_pending, c) & PEND_TIMER);
}

static unsigned int tick_next(unsigned int cpu, struct model_acc *acc)
{
	return timer_left(cpu) ? add(acc, 0, object(OBJ_PENDING, cpu), ACC_WRITE | ACC_AWAIT) : 0;
}

static void tick_step(unsigned int cpu)
{
	--machine.cpus[cpu].left[PROC_TICK];
	*hw_state(irq_pending, &machine.cpus[cpu]) |= PEND_TIMER;
}

PROC(tick, .kind = PROC_TICK, .name = "timer", .does = "timer", .choice = "timer");
