/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_SMP_H
#define ASM_SMP_H

#include <kernel/cpumask.h>

/*
 * Interrupts to other CPUs. A mask never contains the sender (asserted). One ICR
 * write where the mask is "all but self", or one x2APIC cluster, or fits xAPIC flat
 * logical mode, as far as arch_try_ipis() has seen these ways arrive; else one write per CPU.
 * The write is ordered behind all earlier stores of this CPU (xAPIC: UC store; x2APIC: fence,
 * SDM vol. 3A 11.12.3).
 *
 * Context: any, preemption off.
 */
void arch_send_call_function_ipi_mask(const struct cpumask *mask);
void arch_send_reschedule_ipi(int cpu);
void arch_send_nmi_mask(const struct cpumask *mask);

/**
 * arch_try_ipis - find out which ways to address IPIs arrive
 *
 * Each way that would be used sends to every CPU once, from CPU 0 and from CPU 1. One that does not
 * reach a CPU is not used, and a line says so; if physical destinations do not, it dies and names
 * the CPU. Until it has run all IPIs go to physical destinations.
 *
 * Context: a thread on CPU 0 that may be preempted; all CPUs are up and idle.
 */
void arch_try_ipis(void);

/* Vectors, as in Linux, but for those of arch_try_ipis(). */
#define NMI_VECTOR	     2
#define IPI_TRY_VECTOR	     0xe8 /* and the next two, one a way */
#define NR_IPI_TRY_VECTORS   3
#define LOCAL_TIMER_VECTOR   0xec
#define CALL_FUNCTION_VECTOR 0xfc
#define RESCHEDULE_VECTOR    0xfd
#define ERROR_APIC_VECTOR    0xfe
#define SPURIOUS_APIC_VECTOR 0xff

/* Interrupts taken on @vector by @cpu since boot. */
u64 irq_count(unsigned int cpu, unsigned int vector);

#endif
