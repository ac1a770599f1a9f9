/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_SMP_H
#define ASM_SMP_H

#include <kernel/cpumask.h>

/*
 * Interrupts to other CPUs. A mask never contains the sender (asserted). One ICR
 * write where the mask is "all but self", or one x2APIC cluster, or fits xAPIC flat
 * logical mode; else one write per CPU or cluster. The write is ordered behind all
 * earlier stores of this CPU (xAPIC: UC store; x2APIC: fence, SDM vol. 3A 11.12.3).
 *
 * Context: any, preemption off.
 */
void arch_send_call_function_ipi_mask(const struct cpumask *mask);
void arch_send_reschedule_ipi(int cpu);
void arch_send_nmi_mask(const struct cpumask *mask);

/* Vectors, as in Linux. */
#define LOCAL_TIMER_VECTOR   0xec
#define CALL_FUNCTION_VECTOR 0xfc
#define RESCHEDULE_VECTOR    0xfd
#define ERROR_APIC_VECTOR    0xfe
#define SPURIOUS_APIC_VECTOR 0xff

/* Interrupts taken on @vector by @cpu since boot. */
u64 irq_count(unsigned int cpu, unsigned int vector);

#endif
