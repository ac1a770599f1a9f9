/* SPDX-License-Identifier: GPL-2.0 */
/*
 * observe() on the model: the same observers as on the metal, called at once. Their accesses
 * are no steps.
 *
 * But a verdict can depend on an order that no access of the kernel shows: had a walk ended when
 * a table was deposited? So an event at which an oracle judges is a step. It reads objects; the
 * events on which that verdict depends write them.
 */
#include "asan.h"
#include "model.h"
#include <kernel/bug.h>
#include <kernel/event.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <asm/pgtable_types.h>
#include <tests/trace.h>

void (*model_event_hook)(const struct event *ev);

#define MAX_OBSERVERS 8 /* of one event */
static void (*observers[NR_EVENTS][MAX_OBSERVERS])(const struct event *ev);
static bool started;

void event_start(void)
{
	linkset_for_each (observer, o) {
		unsigned int i = 0;

		while (observers[o->id][i])
			i++;
		BUG_ON(i == MAX_OBSERVERS - 1); /* the last one is NULL */
		observers[o->id][i] = o->fn;
	}
	started = true;
}

static void reads_all(enum model_object obj)
{
	struct op *op = &this_mcpu()->op;

	/* This CPU is in no software walk here, but its page walker may be in one. */
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		if (cpu != machine.cpu || obj != OBJ_WALK)
			op_touches(op, object(obj, cpu), ACC_READ);
}

/* Do oracles judge at @id, or by it? Then give the step its objects. */
static bool judged(enum event_id id, u64 b, u64 level)
{
	struct op *op = point_begin();

	switch (id) {
	case EV_WALK_BEGIN:
	case EV_WALK_END:
	case EV_PIN:
		op_touches(op, object(OBJ_WALK, machine.cpu), ACC_WRITE);
		return true;
	case EV_PT_SET:
	case EV_PT_CLEAR:
		if (level != PT_LEVEL_PMD || (id == EV_PT_SET && b & _PAGE_PSE))
			return false;
		break;
	case EV_WITHDRAW:
	case EV_SYNC_BEGIN:
	case EV_ISOLATE:
		reads_all(OBJ_WALK);
		return true;
	case EV_DEPOSIT:
	case EV_TABLE_FREE:
		break;
	case EV_PAGE_FREE:
		if (!tlb_in_use())
			return false;
		reads_all(OBJ_USE);
		return true;
	default:
		return false;
	}
	reads_all(OBJ_WALK);
	if (walkers())
		reads_all(OBJ_TLB);
	return true;
}

static bool trace_steps;

static void step_first(void)
{
	point_begin();
	point(OP_TRACE);
}

static void step_at_site(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	if (!machine.exploring || machine.observing || !trace_records_site(machine.cpu, site, rw))
		return;
	step_first();
	trace_site(machine.cpu, site, rw);
}

void model_trace_steps(bool on)
{
	trace_steps = on;
	sync_point_hook = on ? step_at_site : NULL;
}

unsigned int model_handlers(unsigned int cpu)
{
	return machine.cpus[cpu].handlers;
}

enum model_next model_about_to(unsigned int cpu)
{
	switch (machine.cpus[cpu].op.kind) {
	case OP_TRACE:
		return MODEL_TRACE;
	case OP_LOCK:
		return MODEL_LOCK;
	case OP_LOAD:
	case OP_STORE:
	case OP_RMW:
	case OP_HW:
		return MODEL_ACCESS;
	default:
		return MODEL_OTHER;
	}
}

static u32 context_of(unsigned int cpu)
{
	int count = per_cpu(__preempt_count, cpu);

	return (machine.cpus[cpu].iflag ? 0 : EVENT_IRQS_OFF) |
	       (count & NMI_OFFSET ? EVENT_IN_NMI : 0) |
	       (count & (NMI_OFFSET - HARDIRQ_OFFSET) ? EVENT_IN_IRQ : 0);
}

void __observe(enum event_id id, u64 a, u64 b, u64 c)
{
	struct event ev = {.id = (u16)id, .a = a, .b = b, .c = c};

	if (!started || machine.observing)
		return;
	if (trace_steps && trace_records(id))
		step_first();
	if (machine.exploring && judged(id, b, c))
		point(OP_WATCH);
	if (id == EV_PAGE_ALLOC || id == EV_PAGE_FREE)
		asan_frames(a, (unsigned int)b, id == EV_PAGE_FREE);
	machine.observing = true;
	ev.cpu = (u16)machine.cpu;
	ev.task = current ? current->id : 0;
	ev.context = context_of(machine.cpu);
	ev.ip[0] = (u32)(uintptr_t)__builtin_return_address(0);
	/* Without the time: oracles keep it for histories only, and equal states would differ by it. */
	for (unsigned int i = 0; observers[id][i]; i++)
		observers[id][i](&ev);
	ev.tsc = machine.steps;
	if (model_event_hook && machine.exploring)
		model_event_hook(&ev);
	machine.observing = false;
}

/* From the search, on no CPU: no access of @fn is a step. */
void model_look(void (*fn)(void))
{
	machine.observing = true;
	fn();
	machine.observing = false;
}

void hw_event(unsigned int cpu, enum event_id id, u64 a, u64 b, u64 c)
{
	hw_event_of(0, cpu, id, a, b, c);
}

void hw_event_of(u32 ip, unsigned int cpu, enum event_id id, u64 a, u64 b, u64 c)
{
	struct event ev = {.tsc = machine.steps,
			   .id = (u16)id,
			   .cpu = (u16)cpu,
			   .a = a,
			   .b = b,
			   .c = c,
			   .context = context_of(cpu),
			   .ip = {ip}};

	if (model_event_hook)
		model_event_hook(&ev);
}
