/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_PREEMPT_H
#define KERNEL_PREEMPT_H

#include <kernel/irqflags.h>
#include <asm/barrier.h>
#include <asm/percpu.h>

/*
 * Preemption count of this CPU's running task. Hard-IRQ and NMI context count in
 * fields of their own, as in Linux, so in_interrupt() is one test.
 */
#define PREEMPT_OFFSET 0x1
#define HARDIRQ_OFFSET 0x10000
#define NMI_OFFSET     0x100000

DECLARE_PER_CPU(int, __preempt_count); /* own CPU, any context */
DECLARE_PER_CPU(int, need_resched); /* own CPU, IRQs off */

void preempt_schedule(void);

static __always_inline int preempt_count(void)
{
	return this_cpu_read(__preempt_count);
}

#define preempt_disable()                                      \
	do {                                                   \
		this_cpu_add(__preempt_count, PREEMPT_OFFSET); \
		barrier();                                     \
	} while (0)
#define preempt_enable()                                                       \
	do {                                                                   \
		barrier();                                                     \
		this_cpu_add(__preempt_count, -PREEMPT_OFFSET);                \
		if (unlikely(this_cpu_read(need_resched)) && !preempt_count()) \
			preempt_schedule();                                    \
	} while (0)

#define in_nmi()			     (preempt_count() & NMI_OFFSET)
#define in_hardirq()			     (preempt_count() & 0xf0000)
#define in_interrupt()			     (preempt_count() & ~0xffff)
#define preemptible()			     (preempt_count() == 0 && !irqs_disabled())
#define lockdep_assert_preemption_disabled() lockdep_assert(!preemptible())
#define might_sleep()			     lockdep_assert(preemptible())

#endif
