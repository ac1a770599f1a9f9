/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_HOLDERS_H
#define TESTS_HOLDERS_H

#include <mm/mm_types.h>

/*
 * Threads that hold other CPUs in a known state towards an mm, one on each CPU but this
 * one: what a test needs to be able to say how many interrupts there must be.
 */
enum holder_state {
	HOLD_RUNNING, /* the mm is loaded and a thread of it runs */
	HOLD_LAZY, /* a thread of it ran and sleeps: the mm is loaded, lazily */
	HOLD_IRQS_OFF, /* runs it with interrupts off, as a walker would */
};

/* Start them and wait until all are in the state. Context: task, any CPU. */
void holders_start(struct mm_struct *mm, enum holder_state state);
/* Let HOLD_IRQS_OFF holders turn interrupts on, and all of them end; waits. */
void holders_stop(void);

/* One holder on one CPU: for tests that need a single walker. */
void holder_start_on(unsigned int cpu, struct mm_struct *mm, enum holder_state state);
/* HOLD_IRQS_OFF: interrupts on again now; does not wait. */
void holders_release(void);

#endif
