/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_WATCHDOG_H
#define KERNEL_WATCHDOG_H

#include <kernel/compiler.h>
#include <kernel/types.h>

/*
 * A CPU whose tick has not been seen for watchdog_seconds has its interrupts off: some
 * other CPU's tick notices, sends it an NMI, it prints its own backtrace, and the run
 * ends with EXIT_PANIC. Waits for other CPUs (call-function requests, TLBSYNC
 * stand-ins) call watchdog_spin() so that they end the same way, naming the CPU that did not
 * answer, even with one CPU left alive.
 */
void watchdog_tick(void);

struct watchdog_wait {
	u64 since; /* sched_clock() at the first spin, 0 before */
	u32 spins;
};

/**
 * watchdog_spin - one turn of a wait loop: cpu_relax() and a look at the clock
 * @w: zeroed before the loop
 * @what: what is waited for
 * @cpu: the CPU that it waits for
 */
void watchdog_spin(struct watchdog_wait *w, const char *what, int cpu);

/**
 * watchdog_report - name the CPUs in @stuck, have each print its backtrace, end the run
 * @what: what is wrong with them
 */
struct cpumask;
void watchdog_report(const struct cpumask *stuck, const char *what) __noreturn;

#endif
