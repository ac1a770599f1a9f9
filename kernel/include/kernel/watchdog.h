/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_WATCHDOG_H
#define KERNEL_WATCHDOG_H

#include <kernel/compiler.h>
#include <kernel/types.h>

/*
 * A CPU whose tick has not been seen for watchdog_ns(), though NMIs find it running, has its
 * interrupts off: some other CPU's tick notices, it prints its own backtrace, and the run
 * ends with EXIT_PANIC. A virtual CPU that its host has taken off gets eight times as long.
 * Waits for other CPUs (call-function requests, TLBSYNC stand-ins) call watchdog_spin() so
 * that they end the same way, naming the CPU that did not
 * answer, even with one CPU left alive.
 */
void watchdog_tick(void);

/* The option watchdog=; 0: nothing counts as hung. Other limits that end a hang are multiples of it. */
u64 watchdog_ns(void);

struct watchdog_wait {
	u64 since; /* sched_clock() at the first look at it, 0 before */
	u64 probed; /* at the last NMI to the CPU that is waited for */
	u32 spins;
	u32 seen; /* how often that CPU had been seen running, when it was waited for too long */
	int cpu; /* that CPU + 1 */
};

/**
 * watchdog_spin - one turn of a wait loop: cpu_relax() and a look at the clock
 * @w: zeroed before the loop
 * @what: what is waited for
 * @cpu: the CPU that it waits for
 */
void watchdog_spin(struct watchdog_wait *w, const char *what, int cpu);

/* Was this CPU in watchdog_spin() at its last tick? Context: IRQs off, after watchdog_tick(). */
bool watchdog_waits(void);

/**
 * watchdog_report - name the CPUs in @stuck, have each print its backtrace, end the run
 * @what: what is wrong with them
 */
struct cpumask;
void watchdog_report(const struct cpumask *stuck, const char *what) __noreturn;
void watchdog_report_self(const char *what) __noreturn; /* the same of this CPU */

#endif
