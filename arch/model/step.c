/* SPDX-License-Identifier: GPL-2.0 */
/* PROC_CPU: the step that a CPU has announced (cpu.c). */
#include "irq.h"
#include "proc.h"
#include "store_buffer.h"
#include <kernel/printk.h>

/* Steps that can always be taken. */
#define OPS_FREE \
	(BIT(OP_LOAD) | BIT(OP_STI) | BIT(OP_IRQWIN) | BIT(OP_HW) | BIT(OP_WATCH) | BIT(OP_TRACE))

static bool op_enabled(const struct mcpu *c)
{
	const struct store_buffer *sb = sb_of(c);

	if (BIT(c->op.kind) & OPS_FREE)
		return true;
	switch (c->op.kind) {
	case OP_START:
		return machine.exploring;
	case OP_STORE:
		return sb->nr < SB_SIZE;
	case OP_RMW:
	case OP_FENCE:
		return !sb->nr;
	case OP_LOCK:
		return !sb->nr && !*(const u32 *)c->op.acc[0].obj;
	case OP_HLT:
		return false;
	case OP_RELAX:
		return seen_changed(c);
	case OP_ICR:
		return model_config.x2apic || !sb->nr;
	case OP_TLBSYNC:
		return invlpgb_synced(c);
	default:
		return false;
	}
}

static bool cpu_enabled(unsigned int cpu)
{
	return runs(&machine.cpus[cpu]) && op_enabled(&machine.cpus[cpu]);
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
		bool irq = obj == object(OBJ_PENDING, cpu), nmi = obj == object(OBJ_NMI, cpu);

		if (acc[i].rw & ACC_WRITE && (irq || nmi) && !model_pending(cpu, nmi) &&
		    !(irq && timer_left(cpu)))
			acc[i].rw |= ACC_WAKE;
	}
}

unsigned int add_control(struct model_acc *acc, unsigned int n, unsigned int cpu)
{
	if (!model_has(PROC_NMI) && !model_has(PROC_HYPERVISOR))
		return n;
	return add(acc, n, object(OBJ_CONTROL, cpu), ACC_WRITE | ACC_AWAIT);
}

static unsigned int cpu_next(unsigned int cpu, struct model_acc *acc)
{
	const struct mcpu *c = &machine.cpus[cpu];
	unsigned int n = 0;

	if (c->op.kind == OP_HLT) /* until PROC_IRQ or PROC_NMI, which write IRQS */
		return add(acc, n, object(OBJ_IRQS, cpu), ACC_READ | ACC_AWAIT);
	for (; n < c->op.nr; n++)
		acc[n] = c->op.acc[n];
	mark_wakers(acc, n);
	n = add(acc, n, object(OBJ_IRQS, cpu), (c->iflag ? ACC_WRITE : ACC_READ) | ACC_AWAIT);
	return add_control(acc, n, cpu);
}

static void cpu_step(unsigned int cpu)
{
	model_resume(cpu);
}

PROC(cpu, .kind = PROC_CPU, .name = "CPU", .turns = tlb_turns);

bool model_at_rest(void)
{
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++) {
		const struct mcpu *c = &machine.cpus[cpu];

		if (c->op.kind != OP_HLT || (model_pending(cpu, false) && c->iflag) ||
		    model_pending(cpu, true) || sb_of(c)->nr)
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

void describe_step(unsigned int cpu, char *buf, size_t size)
{
	const struct op *op = &machine.cpus[cpu].op;

	snprintf(buf, size, "%s %#lx", op_names[op->kind],
		 op->nr ? (unsigned long)op->acc[0].obj : 0);
}
