/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Real CPUs as a world of the search. Processes are numbered as the model's: CPUs, then their
 * interrupts, then their NMIs. A step touches the object that it was announced with, the objects
 * of sync points and events on the way to the next stop, and, as in arch/model/proc.c, what
 * interrupts race with.
 */
#include <string.h>
#include <explore/replay.h>
#include "metal.h"
#include "world.h"
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <tests/oracle.h>
#include <tests/scenario_run.h>

enum proc_kind { PROC_CPU, PROC_IRQ, PROC_NMI, NR_PROC_KINDS };

_Static_assert(METAL_CPUS == SCENARIO_CPUS, "a driven CPU for each actor");
_Static_assert(NR_PROC_KINDS *METAL_CPUS <= XP_MAX_PROCS, "a number for each process");

static unsigned int cpus; /* of this case */
static struct xp_schedule so_far;

static unsigned int proc(enum proc_kind kind, unsigned int cpu)
{
	return (unsigned int)kind * METAL_CPUS + cpu;
}

void world_describe_schedule(char *buf, size_t size)
{
	static char text[XP_FORMAT_MAX];

	xp_format(&so_far, text);
	snprintf(buf, size, "%s%s", so_far.nr ? "schedule " : "reset", text);
}

static void everyone(enum metal_order order, enum metal_state state)
{
	for (unsigned int cpu = 0; cpu < metal_driven; cpu++)
		metal_give(cpu, order);
	for (unsigned int cpu = 0; cpu < metal_driven; cpu++)
		metal_wait(cpu, state);
}

void world_save(enum metal_level level)
{
	home_level(level);
	everyone(ORDER_SAVE, STATE_HOME);
	snapshot_take(level);
	everyone(ORDER_GO, STATE_PARKED);
}

static void restore(enum metal_level level, bool check)
{
	home_level(level);
	everyone(ORDER_HOME, STATE_HOME);
	snapshot_restore(level);
	if (check)
		snapshot_check();
	everyone(ORDER_GO, STATE_PARKED);
	metal_failure[0] = '\0';
	so_far.nr = 0;
}

void world_restore(enum metal_level level)
{
	restore(level, false);
}

static void reset(void *w)
{
	world_restore(LEVEL_CASE);
}

static u64 enabled(void *w)
{
	u64 on = 0;

	if (*metal_failure || oracle_violations() || shared_discovered())
		return 0;
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		const struct metal_cpu *c = &metal_cpus[cpu];

		if (c->op.kind == OP_DEAD)
			continue;
		if (metal_can_run(cpu))
			on |= 1ULL << proc(PROC_CPU, cpu);
		if ((c->call || c->resched) && c->op.iflag)
			on |= 1ULL << proc(PROC_IRQ, cpu);
		if (c->nmi && !c->in_nmi)
			on |= 1ULL << proc(PROC_NMI, cpu);
	}
	return on;
}

/* The objects of the announced access. */
static void touch_op(const struct metal_op *op, struct xp_step *s)
{
	uintptr_t obj = (uintptr_t)op->obj & ~7UL;

	if (op->kind != OP_SYNC)
		return;
	if (op->site == SITE_LOAD) {
		xp_touch(s, OBJECT(OBJ_TABLES, 0), XP_WRITE);
		return;
	}
	switch (op->rw) {
	case SYNC_READ:
		xp_touch(s, obj, XP_READ);
		break;
	case SYNC_WRITE:
		xp_touch(s, obj, XP_WRITE | (op->site == SITE_LOCK ? XP_WAKE : 0));
		break;
	case SYNC_RMW:
		xp_touch(s, obj, XP_WRITE);
		break;
	case SYNC_ACQUIRE:
		xp_touch(s, obj,
			 op->site == SITE_LOCK ? XP_WRITE | XP_AWAIT
					       : XP_READ | XP_AWAIT | XP_SPIN);
		break;
	case SYNC_AWAIT:
		xp_touch(s, obj, XP_READ | XP_AWAIT | XP_SPIN);
		break;
	}
}

static void next(void *w, unsigned p, struct xp_step *s)
{
	unsigned int cpu = p % METAL_CPUS;
	const struct metal_cpu *c = &metal_cpus[cpu];

	if (cpu >= cpus)
		return;
	switch ((enum proc_kind)(p / METAL_CPUS)) {
	case PROC_CPU:
		if (c->op.kind == OP_DEAD)
			return;
		touch_op(&c->op, s);
		xp_touch(s, OBJECT(OBJ_IRQS, cpu), (c->op.iflag ? XP_WRITE : XP_READ) | XP_AWAIT);
		xp_touch(s, OBJECT(OBJ_CONTROL, cpu), XP_WRITE | XP_AWAIT);
		return;
	case PROC_IRQ:
		xp_touch(s, OBJECT(OBJ_PENDING, cpu), XP_WRITE | XP_AWAIT);
		xp_touch(s, OBJECT(OBJ_IRQS, cpu), XP_WRITE | XP_AWAIT | XP_TURN);
		xp_touch(s, OBJECT(OBJ_CONTROL, cpu), XP_WRITE | XP_AWAIT);
		return;
	case PROC_NMI:
		xp_touch(s, OBJECT(OBJ_NMI, cpu), XP_WRITE | XP_AWAIT);
		xp_touch(s, OBJECT(OBJ_IRQS, cpu), c->op.iflag ? XP_WRITE : XP_READ);
		xp_touch(s, OBJECT(OBJ_CONTROL, cpu), XP_WRITE | XP_AWAIT | XP_TURN);
		return;
	case NR_PROC_KINDS:
		break;
	}
}

static void step(void *w, unsigned p, struct xp_step *done)
{
	unsigned int cpu = p % METAL_CPUS;

	if (done)
		next(w, p, done);
	if (so_far.nr < XP_MAX_DEPTH)
		so_far.proc[so_far.nr++] = (unsigned char)p;
	metal_nr_touched = 0;
	switch ((enum proc_kind)(p / METAL_CPUS)) {
	case PROC_CPU:
		metal_give(cpu, ORDER_STEP);
		break;
	case PROC_IRQ:
		metal_give(cpu, ORDER_IRQ);
		break;
	case PROC_NMI:
		metal_give(cpu, ORDER_NMI);
		metal_wait(cpu, STATE_READY);
		metal_send_nmi(cpu);
		break;
	case NR_PROC_KINDS:
		break;
	}
	metal_wait(cpu, STATE_PARKED);
	if (!done)
		return;
	/* It has had interrupts on during the step. */
	if (metal_cpus[cpu].op.iflag)
		xp_touch(done, OBJECT(OBJ_IRQS, cpu), XP_WRITE);
	for (unsigned int i = 0; i < metal_nr_touched; i++)
		xp_touch(done, metal_touched[i].obj, metal_touched[i].rw);
}

/* metal_run() takes no NMIs: the controller sends each one itself, in between. */
static void again(void *w, const unsigned char *procs, unsigned n)
{
	unsigned int from = 0;

	while (from < n) {
		unsigned int to = from;

		while (to < n && procs[to] < PROC_NMI * METAL_CPUS)
			to++;
		metal_run(procs + from, to - from);
		for (; from < to; from++)
			if (so_far.nr < XP_MAX_DEPTH)
				so_far.proc[so_far.nr++] = procs[from];
		if (to < n)
			step(w, procs[from++], NULL);
	}
}

static bool finished(void *w)
{
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		const struct metal_cpu *c = &metal_cpus[cpu];

		if (c->op.kind != OP_IDLE || c->call || c->resched || c->nmi)
			return false;
	}
	return scenario_finished();
}

static const char *verdict(void *w, bool end)
{
	const struct oracle_loss *lost;

	if (shared_discovered())
		return "more words are shared than was known";
	if (end && !*metal_failure)
		scenario_end();
	if (oracle_violations() && !*metal_failure)
		metal_fail("%s", oracle_first());
	lost = oracle_incomplete();
	if (lost && !*metal_failure)
		metal_fail(ORACLE_INCOMPLETE, lost->oracle->name, oracle_room(lost), lost->what);
	return *metal_failure ? metal_failure : NULL;
}

static u64 tally(void *w)
{
	return scenario_useful();
}

struct xp_world metal_world = {
	.name = "metal",
	.nr_procs = NR_PROC_KINDS * METAL_CPUS,
	.turners = ~0ULL,
	.reset = reset,
	.enabled = enabled,
	.next = next,
	.step = step,
	.again = again,
	.finished = finished,
	.verdict = verdict,
	.tally = tally,
};

/* For setup: interrupts first, CPUs in turn, until no CPU can go on. */
void world_settle(void)
{
	u64 on;

	while ((on = enabled(NULL)))
		step(NULL, 63 - (unsigned int)__builtin_clzll(on), NULL);
	so_far.nr = 0;
}

void world_begin(unsigned int nr_cpus)
{
	cpus = nr_cpus;
	metal_world.essential = (1u << nr_cpus) - 1;
}

static struct xp_schedule busiest;
static unsigned int busiest_switches;

const struct xp_schedule *world_busiest(void)
{
	return &busiest;
}

static void on_end(void *ctx, void *w, const char *verdict)
{
	unsigned int n = xp_cost_of(&metal_world, &so_far).switches;

	if (n <= busiest_switches && busiest.nr)
		return;
	busiest = so_far;
	busiest_switches = n;
}

#define MAX_RESTARTS 200

enum xp_status world_explore(struct xp_options *opt, struct xp_result *res)
{
	enum xp_status status;
	unsigned int restarts = 0;
	bool again;

	opt->on_end = on_end;
	do {
		struct arena_mark mark = arena_mark();

		shared_learn();
		busiest.nr = busiest_switches = 0;
		status = xp_explore(&metal_world, NULL, opt, res);
		again = shared_discovered();
		arena_release(mark);
		restore(LEVEL_CASE, true);
	} while (again && ++restarts < MAX_RESTARTS);
	if (again) {
		res->complete = false;
		res->why = "the set of shared words keeps growing";
		status = XP_CUT;
	}
	return status;
}
