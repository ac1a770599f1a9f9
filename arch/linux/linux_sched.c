/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a thread sleeps and is woken, for kernel/locking/rwsem.c, which is Linux's. There is one thread
 * on each CPU, so its CPU waits meanwhile, with interrupts on, in the mm in which it is.
 */
#include "linux.h"
#include <linux/osq_lock.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/wake_q.h>

void linux_thread(struct task_struct *t)
{
	t->prio = DEFAULT_PRIO;
	refcount_set(&t->usage, 1);
}

/* One step, possible when the thread has been woken: TASK_RUNNING is 0. */
void schedule(void)
{
	STUB();
	model_await_zero(&current->__state);
}

void schedule_preempt_disabled(void)
{
	STUB();
	model_await_zero(&current->__state);
}

/* As try_to_wake_up(), a full barrier first. */
static void wake(struct task_struct *t)
{
	xchg(&t->__state, TASK_RUNNING);
}

/* At once, not in wake_up_q(): each thread must expect to be woken early. */
void wake_q_add(struct wake_q_head *head, struct task_struct *t)
{
	STUB();
	wake(t);
}

/* The same; the caller gives away a reference to the thread. */
void wake_q_add_safe(struct wake_q_head *head, struct task_struct *t)
{
	STUB();
	wake(t);
	refcount_dec(&t->usage);
}

void wake_up_q(struct wake_q_head *head)
{
	STUB();
}

/* The queue of those that spin for a rwsem. It may refuse, and then they sleep. */
bool osq_lock(struct optimistic_spin_queue *lock)
{
	STUB();
	return false;
}
