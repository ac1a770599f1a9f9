/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_HOLDERS_H
#define TESTS_HOLDERS_H

#include <kernel/event.h>
#include <mm/mm_types.h>

/*
 * Threads that hold other CPUs in a known state towards an mm, one on each CPU but this
 * one: what a test needs to be able to say how many interrupts there must be.
 */
enum holder_state {
	HOLD_RUNNING, /* the mm is loaded and a thread of it runs */
	HOLD_LAZY, /* a thread of it ran and sleeps: the mm is loaded, lazily */
	HOLD_IRQS_OFF, /* runs it with interrupts off, as a walker would */
	HOLD_IN_WALK, /* holder_walk_on() */
};

/* Start them and wait until all are in the state. Context: task, any CPU. */
void holders_start(struct mm_struct *mm, enum holder_state state);
/* Let holders with interrupts off turn them on, and all of them end; waits. */
void holders_stop(void);

/* One holder on one CPU: for tests that need a single walker. */
void holder_start_on(unsigned int cpu, struct mm_struct *mm, enum holder_state state);

/**
 * holder_walk_on - a walker that is held up inside a table
 * @cpu: where
 * @mm: the mm that it walks
 * @addr: what it looks up
 * @site: it has read the pointer to the table of this level, and is about to read the
 *        table's entry for @addr: SITE_PMD, the PUD is read; SITE_PTE, the PMD is read
 *
 * gup_fast_only() itself, in its bracket, IRQs off, until holders_release(); then it goes
 * on. Return: false, the walk ended before it reached @site. Context: CONFIG_HOOKS.
 */
bool holder_walk_on(unsigned int cpu, struct mm_struct *mm, unsigned long addr,
		    enum sync_site site);

/*
 * While on, the hypervisor's model also preempts the vCPU of a holder with interrupts off.
 * Return: false, pv_model_on() is false. Only with no holder started.
 */
bool holders_preempt(bool on);

/* HOLD_IRQS_OFF, HOLD_IN_WALK: interrupts on again now; does not wait. */
void holders_release(void);

/* How many CPUs there are besides this one, and how often they have taken @vector. */
unsigned int other_cpus(void);
u64 others_took(unsigned int vector);

#endif
