/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_RCU_H
#define KERNEL_RCU_H

#include <kernel/types.h>

/*
 * Sched-RCU. A reader is any region with preemption or interrupts off. A grace
 * period ends when every online CPU has passed a quiescent state since it began:
 * a context switch, the idle loop, or a timer tick that interrupted preemptible code.
 *
 *	CPU0				CPU1
 *	WRITE_ONCE(*p, NULL)		local_irq_save()
 *	call_rcu(&old->rcu, free_old)	old = READ_ONCE(*p)
 *	...				use old
 *	(grace period)			local_irq_restore()
 *	free_old()			<- never before CPU1's restore
 */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

/**
 * call_rcu - run @func(@head) after a grace period
 *
 * Context: any but NMI. @func runs in a thread of the CPU that called, preemption off, IRQs
 * on; it must not sleep.
 */
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));

/* Callbacks wait for the next tick of their CPU, which begins a grace period for them. */
extern bool rcu_lazy;

/**
 * get_state_synchronize_rcu - which grace period must end before all readers of now have
 *
 * poll_state_synchronize_rcu() of it says whether it has. start_poll_synchronize_rcu() also
 * makes sure that it begins. A full barrier: a CPU that sees the grace period ended sees what was withdrawn before.
 *
 * Context: any but NMI.
 */
unsigned long get_state_synchronize_rcu(void);
unsigned long start_poll_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long gp);

/* Wait for a full grace period. Context: may sleep. */
void synchronize_rcu(void);

/* Wait until every callback queued before the call has run. Context: may sleep. */
void rcu_barrier(void);

#define rcu_read_lock()	  preempt_disable()
#define rcu_read_unlock() preempt_enable()

/* Called by the scheduler at each switch and in idle; by the tick with what it interrupted. */
void rcu_qs(void);
void rcu_tick(bool preemptible);
void rcu_init(void);
void rcu_start_threads(void); /* task context, once, after smp_init() */

#endif
