/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes of the search: the CPUs, and for each CPU what its hardware does by itself. The
 * objects of a step include all that can enable or disable it, so that two steps without a
 * common object commute:
 *
 *	IRQS		written by each step of a CPU with IF=1 (it may change IF), and by an
 *			interrupt that it takes; and by the step that is going to set IF. Steps
 *			with IF=0 only read it: no interrupt can be taken between two of them,
 *			but a handler's steps come after the interrupt that has started it
 *	CONTROL		the same for NMIs and for the hypervisor, whatever IF is
 *	PENDING, NMI	written when an interrupt is sent and when it is taken
 *	SLOT		one store: entered, then drained
 *	BUFFER		written by each drain, read by what waits for an empty buffer
 *
 * An interrupt is taken with an empty store buffer: hardware drains it first (SDM vol. 3A
 * 12.10 "Store Buffer"; APM vol. 2 7.5). If the CPU goes on meanwhile and takes the interrupt
 * later, that is another schedule. A store that enters the buffer disables the interrupt; its
 * step writes IRQS or CONTROL, so it need not write BUFFER as well.
 */
#include "model.h"
#include <kernel/busted.h>
#include <kernel/printk.h>

/* A bug of the hardware: it shows what the rule is needed for. */
DEFINE_BUSTED(hw_irq_keeps_stores, "an interrupt does not wait for the store buffer");

static u64 bit(enum model_proc_kind kind, unsigned int cpu)
{
	return 1ULL << model_proc(kind, cpu);
}

/* Steps that can always be taken. */
#define OPS_FREE \
	(BIT(OP_LOAD) | BIT(OP_STI) | BIT(OP_IRQWIN) | BIT(OP_HW) | BIT(OP_WATCH) | BIT(OP_TRACE))

static bool op_enabled(const struct mcpu *c)
{
	if (BIT(c->op.kind) & OPS_FREE)
		return true;
	switch (c->op.kind) {
	case OP_START:
		return machine.exploring;
	case OP_STORE:
		return c->sb_nr < SB_SIZE;
	case OP_RMW:
	case OP_FENCE:
		return !c->sb_nr;
	case OP_LOCK:
		return !c->sb_nr && !*(const u32 *)c->op.acc[0].obj;
	case OP_HLT:
		return false;
	case OP_RELAX:
		return seen_changed(c);
	case OP_ICR:
		return model_config.x2apic || !c->sb_nr;
	case OP_TLBSYNC:
		return invlpgb_synced(c);
	default:
		return false;
	}
}

/* Where wait_for_irqs allows interrupts: steps that may wait for the end of another CPU's. */
static bool waits(const struct mcpu *c)
{
	return c->op.kind == OP_HLT || c->op.kind == OP_RELAX || c->op.kind == OP_LOCK ||
	       c->op.kind == OP_TLBSYNC;
}

/* Can it be interrupted here, apart from IF? */
static bool interruptible(const struct mcpu *c, unsigned int cpu)
{
	if (model_config.wait_for_irqs & BIT(cpu) && machine.exploring && !waits(c))
		return false;
	return !c->sb_nr || busted(hw_irq_keeps_stores);
}

static u64 on_each_cpu(enum model_proc_kind kind)
{
	return ((1ULL << model_config.cpus) - 1) << model_proc(kind, 0);
}

u64 model_procs(void)
{
	const struct model_config *c = &model_config;

	return on_each_cpu(PROC_CPU) | on_each_cpu(PROC_IRQ) |
	       (c->nmis ? on_each_cpu(PROC_NMI) : 0) |
	       (c->store_buffers ? on_each_cpu(PROC_DRAIN) : 0) |
	       (c->ticks ? on_each_cpu(PROC_TICK) : 0) | (c->fills ? on_each_cpu(PROC_FILL) : 0) |
	       (c->invlpgb ? on_each_cpu(PROC_INVLPGB) : 0) |
	       (c->preemptions ? on_each_cpu(PROC_HYPERVISOR) : 0);
}

/* Processes that start a handler on a CPU, and those that write OBJ_TLB: see tlb_write(). */
u64 model_turners(void)
{
	u64 turners = on_each_cpu(PROC_IRQ) | on_each_cpu(PROC_NMI);

	if (model_config.fills)
		turners |= on_each_cpu(PROC_CPU) | on_each_cpu(PROC_INVLPGB) |
			   on_each_cpu(PROC_HYPERVISOR);
	return turners;
}

u64 model_enabled(void)
{
	u64 on = 0;

	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++) {
		const struct mcpu *c = &machine.cpus[cpu];

		if (c->sb_nr)
			on |= bit(PROC_DRAIN, cpu);
		if (c->stopped)
			continue;
		on |= tlb_enabled(cpu) | invlpgb_enabled(cpu) | hypervisor_enabled(cpu);
		if (c->ticks && !(c->pending & PEND_TIMER))
			on |= bit(PROC_TICK, cpu);
		if (c->preempted)
			continue;
		if (op_enabled(c))
			on |= bit(PROC_CPU, cpu);
		if (c->pending && c->iflag && interruptible(c, cpu))
			on |= bit(PROC_IRQ, cpu);
		if (c->nmi_pending && !c->in_nmi && interruptible(c, cpu))
			on |= bit(PROC_NMI, cpu);
	}
	return on;
}

static unsigned int add(struct model_acc *acc, unsigned int n, uintptr_t obj, unsigned int rw)
{
	acc[n] = (struct model_acc){obj, (u8)rw};
	return n + 1;
}

/* Without NMIs and a hypervisor nothing interrupts a CPU between two steps with IF=0. */
static unsigned int add_control(struct model_acc *acc, unsigned int n, unsigned int cpu)
{
	if (!model_config.nmis && !model_config.preemptions)
		return n;
	return add(acc, n, object(OBJ_CONTROL, cpu), ACC_WRITE | ACC_AWAIT);
}

static unsigned int add_drained(struct model_acc *acc, unsigned int n, unsigned int cpu)
{
	if (!has_buffer(cpu) || busted(hw_irq_keeps_stores))
		return n;
	return add(acc, n, object(OBJ_BUFFER, cpu), ACC_READ | ACC_AWAIT);
}

/*
 * Mark the writes that come before every step that awaits them: the other order is impossible,
 * so it need not be explored. These are the sends to a CPU that has nothing pending. (Not a store
 * to a word on which CPUs spin now: a CPU that reads it later may still be held up by it.)
 */
static void mark_wakers(struct model_acc *acc, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		uintptr_t obj = acc[i].obj;
		unsigned int cpu = obj & 0xf;

		if (!(acc[i].rw & ACC_WRITE))
			continue;
		if (obj == object(OBJ_PENDING, cpu)) {
			if (!machine.cpus[cpu].pending && !machine.cpus[cpu].ticks)
				acc[i].rw |= ACC_WAKE;
		} else if (obj == object(OBJ_NMI, cpu)) {
			if (!machine.cpus[cpu].nmi_pending)
				acc[i].rw |= ACC_WAKE;
		}
	}
}

unsigned int model_next(unsigned int proc, struct model_acc *acc)
{
	unsigned int cpu = proc % MODEL_MAX_CPUS, n = 0;
	const struct mcpu *c = &machine.cpus[cpu];

	switch ((enum model_proc_kind)(proc / MODEL_MAX_CPUS)) {
	case PROC_CPU:
		if (c->op.kind == OP_HLT) /* until PROC_IRQ or PROC_NMI, which write IRQS */
			return add(acc, n, object(OBJ_IRQS, cpu), ACC_READ | ACC_AWAIT);
		for (; n < c->op.nr; n++)
			acc[n] = c->op.acc[n];
		mark_wakers(acc, n);
		n = add(acc, n, object(OBJ_IRQS, cpu),
			(c->iflag ? ACC_WRITE : ACC_READ) | ACC_AWAIT);
		return add_control(acc, n, cpu);
	case PROC_IRQ:
		n = add(acc, n, object(OBJ_PENDING, cpu), ACC_WRITE | ACC_AWAIT);
		if (!c->pending)
			return n;
		n = add(acc, n, object(OBJ_IRQS, cpu), ACC_WRITE | ACC_AWAIT | ACC_TURN);
		n = add_drained(acc, n, cpu);
		return add_control(acc, n, cpu);
	case PROC_NMI:
		if (!model_config.nmis)
			return 0;
		n = add(acc, n, object(OBJ_NMI, cpu), ACC_WRITE | ACC_AWAIT);
		if (!c->nmi_pending)
			return n;
		n = add_drained(acc, n, cpu);
		if (c->iflag)
			n = add(acc, n, object(OBJ_IRQS, cpu), ACC_WRITE);
		return add(acc, n, object(OBJ_CONTROL, cpu), ACC_WRITE | ACC_AWAIT | ACC_TURN);
	case PROC_DRAIN:
		if (c->sb_nr)
			n = add(acc, n, (uintptr_t)c->sb[c->sb_head].p & ~7UL,
				ACC_WRITE | (c->sb[c->sb_head].unlock ? ACC_WAKE : 0));
		n = add(acc, n, sb_slot(cpu, c->sb_head), ACC_WRITE | ACC_AWAIT);
		return add(acc, n, object(OBJ_BUFFER, cpu), ACC_WRITE | ACC_WAKE);
	case PROC_TICK:
		if (!c->ticks)
			return 0;
		return add(acc, n, object(OBJ_PENDING, cpu), ACC_WRITE | ACC_AWAIT);
	case PROC_FILL:
		return tlb_next(cpu, acc);
	case PROC_INVLPGB:
		return invlpgb_next(cpu, acc);
	case PROC_HYPERVISOR:
		return hypervisor_next(cpu, acc);
	case NR_PROC_KINDS:
		break;
	}
	return 0;
}

struct model_trail *model_trail;

static void leave_trail(unsigned int proc)
{
	u64 n = machine.steps - machine.first_step;

	if (!model_trail || n >= MODEL_TRAIL)
		return;
	model_trail->proc[n] = (u8)proc;
	model_trail->nr = (unsigned int)n + 1;
}

void model_step(unsigned int proc)
{
	unsigned int cpu = proc % MODEL_MAX_CPUS;
	struct mcpu *c = &machine.cpus[cpu];

	if (machine.exploring)
		leave_trail(proc);
	machine.steps++;
	switch ((enum model_proc_kind)(proc / MODEL_MAX_CPUS)) {
	case PROC_CPU:
		model_resume(cpu);
		break;
	case PROC_IRQ:
		hw_event(cpu, EV_HW_IRQ, 0, 0, 0);
		c->deliver = DELIVER_IRQ;
		model_resume(cpu);
		break;
	case PROC_NMI:
		hw_event(cpu, EV_HW_NMI, 0, 0, 0);
		c->deliver = DELIVER_NMI;
		model_resume(cpu);
		break;
	case PROC_DRAIN:
		hw_event(cpu, EV_HW_DRAIN, (u64)c->sb[c->sb_head].p, 0, 0);
		sb_drain_one(c);
		break;
	case PROC_TICK:
		c->ticks--;
		c->pending |= PEND_TIMER;
		break;
	case PROC_FILL:
		tlb_step(cpu);
		break;
	case PROC_INVLPGB:
		invlpgb_step(cpu);
		break;
	case PROC_HYPERVISOR:
		hypervisor_step(cpu);
		break;
	case NR_PROC_KINDS:
		break;
	}
}

bool model_pending(unsigned int cpu, bool nmi)
{
	return nmi ? machine.cpus[cpu].nmi_pending : machine.cpus[cpu].pending;
}

bool model_at_rest(void)
{
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++) {
		const struct mcpu *c = &machine.cpus[cpu];

		if (c->op.kind != OP_HLT || (c->pending && c->iflag) || c->nmi_pending || c->sb_nr)
			return false;
	}
	return true;
}

static const char *const op_names[] = {
	[OP_LOAD] = "load",   [OP_START] = "start",  [OP_STORE] = "store", [OP_RMW] = "locked",
	[OP_FENCE] = "fence", [OP_LOCK] = "lock",    [OP_STI] = "sti",	   [OP_IRQWIN] = "irqs on",
	[OP_HLT] = "hlt",     [OP_RELAX] = "pause",  [OP_ICR] = "send",	   [OP_TLBSYNC] = "tlbsync",
	[OP_HW] = "tlb",      [OP_WATCH] = "oracle", [OP_TRACE] = "trace",
};

void model_describe(unsigned int proc, char *buf, size_t size)
{
	static const char *const kinds[] = {
		"",	"takes interrupt", "takes NMI", "drains a store", "timer",
		"fill", "invlpgb",	   "hypervisor"};
	const struct mcpu *c = &machine.cpus[proc % MODEL_MAX_CPUS];

	if (proc / MODEL_MAX_CPUS)
		snprintf(buf, size, "%s", kinds[proc / MODEL_MAX_CPUS]);
	else
		snprintf(buf, size, "%s %#lx", op_names[c->op.kind],
			 c->op.nr ? (unsigned long)c->op.acc[0].obj : 0);
}

unsigned int model_object_kind(uintptr_t obj)
{
	return obj >> 8 < NR_OBJ_KINDS ? (unsigned int)(obj >> 8) : 0;
}

const char *model_object_name(unsigned int kind)
{
	static const char *const names[NR_OBJ_KINDS] = {
		[0] = "memory",
		[OBJ_CONTROL] = "control",
		[OBJ_IRQS] = "irqs",
		[OBJ_PENDING] = "pending",
		[OBJ_NMI] = "nmi",
		[OBJ_BUFFER] = "buffer",
		[OBJ_SLOT] = "slot",
		[OBJ_TLB] = "tlb",
		[OBJ_INVLPGB] = "invlpgb",
		[OBJ_WALK] = "walk",
		[OBJ_USE] = "use",
	};

	return kind < NR_OBJ_KINDS ? names[kind] : NULL;
}
