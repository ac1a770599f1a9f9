/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <kernel/list.h>
#include <kernel/preempt.h>
#include <kernel/spinlock.h>
#include <kernel/types.h>

/*
 * Kernel threads, each bound to one CPU, round robin within it, preempted by the
 * timer tick. A thread with an ->mm is what a user process is to Linux: switching
 * to it loads that mm (switch_mm_irqs_off()); switching to one without is lazy
 * (enter_lazy_tlb()): the old mm stays loaded.
 */
struct mm_struct;

enum task_state { TASK_RUNNING, TASK_SLEEPING, TASK_DEAD };

/* What a task has caused. Counted by the flush and sync code, read by tests. */
struct task_acct {
	u64 flushes; /* TLB flushes that left this CPU or could have */
	u64 flush_ipis; /* CPUs interrupted by them */
	u64 syncs; /* waits for lock-free walkers that were carried out */
	u64 sync_ipis; /* CPUs interrupted by those */
	u64 skipped; /* waits that the policy left out */
};

#define MAX_LOCKS_HELD 16

struct task_struct {
	unsigned long sp; /* saved stack pointer while not running */
	struct mm_struct *mm;
	int cpu;
	u32 id;
	int state; /* marked: own thread without a lock, wakers under the lock of its queue */
	bool on_rq;
	bool wakeup_pending; /* woken since it last slept or set its state; rq lock */
	bool should_stop;
	bool fresh; /* created and never woken */
	void *stack; /* lowest address */
	struct list_head run_list;
	u64 wake_at; /* sched_clock() deadline while sleeping with a timeout, or 0 */
	struct list_head sleep_list;
	int (*fn)(void *arg);
	void *arg;
	int exit_code;
	struct task_struct *joiner; /* waits in kthread_stop() */
	bool off_stack; /* dead, and no CPU runs on its stack any more */
	char name[16];
	struct task_acct acct;
	unsigned int nr_held; /* lockdep */
	struct {
		const void *lock;
		const char *name;
		u16 rank;
	} held[MAX_LOCKS_HELD];
};

DECLARE_PER_CPU(struct task_struct *, current_task); /* own CPU; constant for the task itself */
#define current this_cpu_read(current_task)

/**
 * kthread_create_bound - a new thread, not yet running
 * @fn: its body; its return value is what kthread_stop() returns
 * @cpu: where it runs, for good
 *
 * Context: may sleep. Return: the thread, or NULL when no stack is left.
 */
struct task_struct *kthread_create_bound(int (*fn)(void *arg), void *arg, int cpu,
					 const char *name);

/* Make a sleeping or new thread runnable; a no-op if it runs. Any context but NMI. */
bool wake_up_process(struct task_struct *t);

/* The end of a waiter's record on its stack: RACES=1 sees a CPU that reads the thread from it later. */
static inline void waiter_is_gone(struct task_struct **task)
{
	if (CONFIG_DEBUG_VM) {
		*task = NULL;
		barrier(); /* else the store to what is gone next would be left out */
	}
}

/*
 * Ask a thread to end, wake it, wait for it, free it; returns what its body returned. The
 * body of a thread that was woken always runs (not so in Linux); of one that never was,
 * never: -EINTR.
 */
int kthread_stop(struct task_struct *t);
bool kthread_should_stop(void);

/*
 * Sleep until woken or until @ns have passed (0: until woken). The caller's condition
 * must be re-checked: wake-ups may be early. A wake-up between set_current_state() and
 * schedule() is not lost.
 */
void schedule(void);
void set_current_state(enum task_state state);

/* The same for a state that no wake-up may undo, also not one that has found the thread asleep. */
void set_special_state(enum task_state state);
void schedule_timeout_ns(u64 ns);
void yield(void); /* let the next runnable thread of this CPU run */

/*
 * Called by arch: the timer tick (IRQs off; @preemptible: what it interrupted), which
 * also drives RCU and the watchdog; the IPI.
 */
void sched_tick(bool preemptible);
void scheduler_ipi(void);
void preempt_schedule_irq(void); /* on return from an interrupt, IRQs off */

/* Boot: turn the running context of this CPU into its idle thread; then run it. */
void sched_init_cpu(int cpu, void *stack);
void cpu_idle_loop(void) __noreturn;

/* Boot CPU, once, while memblock_alloc_or_die() works: room for the threads there can ever be. */
void kthread_init(void);

/* Between sched.c and kthread.c. */
void sched_thread_begin(void); /* first thing a new thread does: ends the switch */
void sched_thread_end(void) __noreturn; /* TASK_DEAD is set, IRQs off: the last switch */

#endif
