/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_ERRAND_H
#define TESTS_ERRAND_H

#include <kernel/sched.h>

/*
 * A call that another CPU makes while the test watches: does it return, and when?
 *
 *	CPU 0 (the test)		another CPU
 *	errand_start()
 *					fn(arg): may be held up
 *	errand_done_within(): no
 *	release what holds it up
 *	errand_done_within(): yes
 *	errand_end()
 */
struct errand {
	void (*fn)(void *arg);
	void *arg;
	struct task_struct *task;
	struct task_acct acct; /* what it caused; valid once it is done */
	bool done;
};

/*
 * Long enough to see that something is held up. For what should not be, on a host that may
 * have taken the vCPU off: half of the watchdog's limit, if a walker holds its CPU's interrupts
 * off meanwhile; and without such a walker.
 */
#define HELD_UP_NS     (20 * NSEC_PER_MSEC)
#define SURELY_BACK_NS (2 * NSEC_PER_SEC)
#define NOT_HELD_UP_NS (30 * NSEC_PER_SEC)

/* False: no stack for the thread. Context: task; @e stays until errand_end(). */
bool errand_start(struct errand *e, unsigned int cpu, void (*fn)(void *arg), void *arg);
/* Sleeps until it is done, at most @ns; returns whether it is. */
bool errand_done_within(struct errand *e, u64 ns);
/* The same for a step on its way, which it says is done by smp_store_release(@flag, true). */
bool errand_step_within(const bool *flag, u64 ns);
/* Waits for its end. */
void errand_end(struct errand *e);

#endif
