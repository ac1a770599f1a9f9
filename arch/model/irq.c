/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupts: send, take (PROC_IRQ), return.
 *
 * An interrupt is taken with an empty store buffer: hardware drains it first (SDM vol. 3A
 * 12.10 "Store Buffer"; APM vol. 2 7.5). If the CPU goes on meanwhile and takes the interrupt
 * later, that is another schedule. A store that enters the buffer disables the interrupt; its
 * step writes IRQS or CONTROL, so it need not write BUFFER as well.
 */
#include "host.h"
#include "irq.h"
#include "operands.h"
#include "proc.h"
#include "race.h"
#include "store_buffer.h"
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/barrier.h>
#include <asm/smp.h>

/* A bug of x2apic_icr(), arch/x86/apic_x2apic.c: irq_send() replaces it here. */
DEFINE_BUSTED(x2apic_no_fence, "no fence in front of an x2APIC ICR write");
/* Bugs of the hardware: they show what the rules are needed for. */
DEFINE_BUSTED(hw_irq_keeps_stores, "an interrupt does not wait for the store buffer");
DEFINE_BUSTED(hw_iret_keeps_stores, "IRET does not wait for the store buffer");

HW_STATE(u32, irq_pending);
void (*call_function_handler)(void) = generic_smp_call_function_interrupt;

/* IRET serialises: SDM vol. 3A 9.3; APM vol. 2 7.6.4. */
void iret(struct mcpu *c, bool iflag)
{
	if (!busted(hw_iret_keeps_stores))
		model_fence();
	if (iflag)
		irqs_on();
}

static void run_irq(struct mcpu *c)
{
	u32 which = BIT(31 - __builtin_clz(*hw_state(irq_pending, c)));

	*hw_state(irq_pending, c) &= ~which;
	c->iflag = false;
	this_cpu_add(__preempt_count, HARDIRQ_OFFSET);
	switch (which) {
	case PEND_CALL:
		call_function_handler();
		break;
	case PEND_RESCHED:
		scheduler_ipi();
		break;
	case PEND_TIMER:
		sched_tick(preempt_count() == HARDIRQ_OFFSET);
		break;
	}
	this_cpu_add(__preempt_count, -HARDIRQ_OFFSET);
	if (this_cpu_read(need_resched) && !preempt_count())
		preempt_schedule_irq();
	/* Other threads may have run since, by preemption; the CPU is still the same. */
	iret(c, true); /* no interrupt is taken with IF=0 */
}

/* One ICR write for all of @mask, as hardware does for shorthands and clusters. */
void irq_send(const struct cpumask *mask, enum model_object obj)
{
	struct op *op;
	unsigned int cpu;

	operands_icr(mask);
	/* WRMSR to an x2APIC register waits for no store (SDM vol. 3A 11.12.3): a fence. */
	if (model_config.x2apic && !busted(x2apic_no_fence))
		weak_wrmsr_fence();
	if (machine.exploring) {
		op = point_begin();
		for_each_cpu (cpu, mask)
			op_touches(op, object(obj, cpu), ACC_WRITE);
		if (!model_config.x2apic)
			op_awaits_buffer(op);
		point(OP_ICR);
	}
	for_each_cpu (cpu, mask)
		race_send(cpu, model_config.x2apic);
}

static void send(const struct cpumask *mask, u32 pend)
{
	unsigned int cpu;

	irq_send(mask, OBJ_PENDING);
	for_each_cpu (cpu, mask)
		*hw_state(irq_pending, &machine.cpus[cpu]) |= pend;
}

void arch_send_call_function_ipi_mask(const struct cpumask *mask)
{
	send(mask, PEND_CALL);
}

void arch_send_reschedule_ipi(int cpu)
{
	struct cpumask one = {0};

	__cpumask_set_cpu((unsigned int)cpu, &one);
	send(&one, PEND_RESCHED);
}

bool model_pending(unsigned int cpu, bool nmi)
{
	return nmi ? nmi_pending(cpu) : *hw_state(irq_pending, &machine.cpus[cpu]);
}

/* Without that choice interrupts come here: steps that may wait for the end of another CPU's. */
static bool waits(const struct mcpu *c)
{
	return c->op.kind == OP_HLT || c->op.kind == OP_RELAX || c->op.kind == OP_LOCK ||
	       c->op.kind == OP_TLBSYNC;
}

bool interruptible(unsigned int cpu)
{
	const struct mcpu *c = &machine.cpus[cpu];

	if (!runs(c))
		return false;
	if (!model_times(PROC_IRQ, cpu) && machine.exploring && !waits(c))
		return false;
	return !sb_of(c)->nr || busted(hw_irq_keeps_stores);
}

unsigned int add_drained(struct model_acc *acc, unsigned int n, unsigned int cpu)
{
	if (!has_buffer(cpu) || busted(hw_irq_keeps_stores))
		return n;
	return add(acc, n, object(OBJ_BUFFER, cpu), ACC_READ | ACC_AWAIT);
}

static bool irq_enabled(unsigned int cpu)
{
	return model_pending(cpu, false) && machine.cpus[cpu].iflag && interruptible(cpu);
}

static unsigned int irq_next(unsigned int cpu, struct model_acc *acc)
{
	unsigned int n = add(acc, 0, object(OBJ_PENDING, cpu), ACC_WRITE | ACC_AWAIT);

	if (!model_pending(cpu, false))
		return n;
	n = add(acc, n, object(OBJ_IRQS, cpu), ACC_WRITE | ACC_AWAIT | ACC_TURN);
	n = add_drained(acc, n, cpu);
	return add_control(acc, n, cpu);
}

static void irq_step(unsigned int cpu)
{
	hw_event(cpu, EV_HW_IRQ, 0, 0, 0);
	machine.cpus[cpu].deliver = run_irq;
	model_resume(cpu);
}

bool irq_turns(void)
{
	return true; /* a handler starts */
}

PROC(irq, .kind = PROC_IRQ, .name = "interrupt", .does = "takes interrupt", .turns = irq_turns);

u64 irq_count(unsigned int cpu, unsigned int vector)
{
	return 0;
}
