/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maskable interrupts. Handlers run with IF=0 to the end, so they do not nest and the
 * EOI may come first: what arrives meanwhile stays pending in the local APIC.
 */
#include "apic.h"
#include "traps.h"
#include <kernel/drive.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/atomic.h>
#include <asm/ptrace.h>
#include <asm/smp.h>

static DEFINE_PER_CPU(u64[256], irq_counts); /* own CPU writes, all read */

u64 irq_count(unsigned int cpu, unsigned int vector)
{
	return READ_ONCE(per_cpu(irq_counts, cpu)[vector & 255]);
}

void irq_account(unsigned int vector)
{
	this_cpu_inc(irq_counts[vector & 255]);
}

static void apic_error(void)
{
	/* ESR is latched by a write (SDM vol. 3A 11.5.3). */
	apic.write(APIC_ESR, 0);
	printk("# CPU%d: local APIC error %#x\n", raw_smp_processor_id(), apic.read(APIC_ESR));
}

/* From a device, or from the 8259, that firmware left enabled. Each vector is printed once. */
static void unexpected(unsigned int vector)
{
	static bool said[256];

	if (apic_in_service(vector))
		apic_eoi();
	if (!xchg(&said[vector], true))
		printk("# CPU%d: unexpected interrupt, vector %#x\n", raw_smp_processor_id(),
		       vector);
}

static void handle_vector(unsigned int vector, bool preemptible)
{
	switch (vector) {
	case LOCAL_TIMER_VECTOR:
		apic_eoi();
		sched_tick(preemptible); /* watchdog and RCU see their tick from there */
		break;
	case RESCHEDULE_VECTOR:
		apic_eoi();
		scheduler_ipi();
		break;
	case IPI_TRY_VECTOR ... IPI_TRY_VECTOR + NR_IPI_TRY_VECTORS - 1:
		apic_eoi(); /* irq_account() has counted it */
		break;
	case ERROR_APIC_VECTOR:
		apic_eoi();
		apic_error();
		break;
	case SPURIOUS_APIC_VECTOR:
		break; /* not in service, no EOI (SDM vol. 3A 11.9) */
	default:
		unexpected(vector);
	}
}

void __hot irq_handle(struct pt_regs *regs)
{
	unsigned int vector = (unsigned int)regs->vector;
	/* An interrupt was taken, so IF was 1: preempt_count alone decides. */
	bool preemptible = preempt_count() == 0;

	if (driven() && !drive->taken(vector)) {
		apic_eoi();
		return;
	}
	this_cpu_add(__preempt_count, HARDIRQ_OFFSET);
	irq_account(vector);
	/* The flush vector is tested first: the jump table of the switch lies in a cold page. */
	if (likely(vector == CALL_FUNCTION_VECTOR)) {
		apic_eoi();
		generic_smp_call_function_interrupt();
	} else {
		handle_vector(vector, preemptible);
	}
	this_cpu_add(__preempt_count, -HARDIRQ_OFFSET);

	if (preemptible && this_cpu_read(need_resched))
		preempt_schedule_irq();
}
