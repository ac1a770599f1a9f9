/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending IPIs. Physical destinations, one write a CPU, until ipi_try.c has seen that something
 * shorter arrives: on some machines the APIC passes over a CPU in logical mode.
 */
#include "acpi.h"
#include "apic.h"
#include <kernel/bug.h>
#include <kernel/drive.h>
#include <kernel/smp.h>
#include <asm/smp.h>

void ipi_send_physical(const struct cpumask *mask, u32 low)
{
	unsigned int cpu;

	for_each_cpu (cpu, mask)
		apic.icr(low, acpi_apic_id[cpu]);
}

/*
 * A fixed interrupt by shorthand also goes to CPUs that are not ours (parked by trampoline.S):
 * their APICs are software-disabled since INIT and drop it. Never an NMI: such a CPU would take
 * it, and it has no IDT.
 */
void ipi_send_shorthand(const struct cpumask *mask, u32 low)
{
	apic.icr(ICR_TO_OTHERS | low, 0);
}

/* Written by ipi_use() on CPU 0 while no other CPU sends. */
static ipi_send_t send_fixed __read_mostly = ipi_send_physical;
static ipi_send_t send_nmi __read_mostly = ipi_send_physical;
static bool shorthand __read_mostly;

void ipi_use(ipi_send_t fixed, ipi_send_t nmi, bool short_for_all)
{
	send_fixed = fixed;
	send_nmi = nmi;
	shorthand = short_for_all;
}

void arch_send_call_function_ipi_mask(const struct cpumask *mask)
{
	unsigned int me = (unsigned int)raw_smp_processor_id();
	struct cpumask others;

	VM_BUG_ON(cpumask_test_cpu(me, mask));
	if (driven())
		drive->sent(mask, CALL_FUNCTION_VECTOR);
	cpumask_copy(&others, &cpu_online_mask);
	__cpumask_clear_cpu(me, &others);
	if (shorthand && cpumask_equal(mask, &others))
		ipi_send_shorthand(mask, ICR_ASSERT | CALL_FUNCTION_VECTOR);
	else
		send_fixed(mask, ICR_ASSERT | CALL_FUNCTION_VECTOR);
}

void arch_send_reschedule_ipi(int cpu)
{
	if (driven()) {
		struct cpumask one = {0};

		__cpumask_set_cpu((unsigned int)cpu, &one);
		drive->sent(&one, RESCHEDULE_VECTOR);
	}
	apic.icr(ICR_ASSERT | RESCHEDULE_VECTOR, acpi_apic_id[cpu]);
}

void arch_send_nmi_mask(const struct cpumask *mask)
{
	VM_BUG_ON(cpumask_test_cpu((unsigned int)raw_smp_processor_id(), mask));
	if (driven() && drive->hold_nmi(mask))
		return;
	send_nmi(mask, ICR_ASSERT | ICR_NMI);
}
