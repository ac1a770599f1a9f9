/* SPDX-License-Identifier: GPL-2.0 */
/* Interrupts: send, take, return. */
#include "host.h"
#include "model.h"
#include "operands.h"
#include "race.h"
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/nmi.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/barrier.h>
#include <asm/smp.h>

/* A bug of x2apic_icr(), arch/x86/apic_x2apic.c: send() replaces it here. */
DEFINE_BUSTED(x2apic_no_fence, "no fence in front of an x2APIC ICR write");
/* A bug of the hardware: it shows what the rule is needed for. */
DEFINE_BUSTED(hw_iret_keeps_stores, "IRET does not wait for the store buffer");

void (*call_function_handler)(void) = generic_smp_call_function_interrupt;

/* IRET serialises: SDM vol. 3A 9.3; APM vol. 2 7.6.4. */
static void iret(struct mcpu *c, bool iflag)
{
	if (!busted(hw_iret_keeps_stores))
		model_fence();
	if (iflag)
		irqs_on();
}

static void run_irq(struct mcpu *c)
{
	u32 which = BIT(31 - __builtin_clz(c->pending));

	c->pending &= ~which;
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

static void run_nmi(struct mcpu *c)
{
	bool iflag = c->iflag;

	c->nmi_pending = false;
	c->in_nmi = true;
	c->iflag = false;
	this_cpu_add(__preempt_count, NMI_OFFSET);
	linkset_for_each (nmi_handler, h)
		h->fn(NULL, iflag);
	this_cpu_add(__preempt_count, -NMI_OFFSET);
	iret(c, iflag);
	c->in_nmi = false;
}

void take_interrupt(struct mcpu *c)
{
	enum deliver what = c->deliver;

	c->deliver = DELIVER_NONE;
	race_taken();
	if (what == DELIVER_NMI)
		run_nmi(c);
	else
		run_irq(c);
}

/* One ICR write for all of @mask, as hardware does for shorthands and clusters. */
static void send(const struct cpumask *mask, u32 pend, enum model_object obj)
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
	MODEL_LIMIT(obj == OBJ_NMI && !model_config.nmis, "an NMI without .nmis in the scenario");
	for_each_cpu (cpu, mask) {
		race_send(cpu, model_config.x2apic);
		if (obj == OBJ_NMI)
			machine.cpus[cpu].nmi_pending = true;
		else
			machine.cpus[cpu].pending |= pend;
	}
}

void arch_send_call_function_ipi_mask(const struct cpumask *mask)
{
	send(mask, PEND_CALL, OBJ_PENDING);
}

void arch_send_reschedule_ipi(int cpu)
{
	struct cpumask one = {0};

	__cpumask_set_cpu((unsigned int)cpu, &one);
	send(&one, PEND_RESCHED, OBJ_PENDING);
}

void arch_send_nmi_mask(const struct cpumask *mask)
{
	send(mask, 0, OBJ_NMI);
}

u64 irq_count(unsigned int cpu, unsigned int vector)
{
	return 0;
}
