/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <kernel/types.h>

/* Whether some CPU is bringing the machine down: checks and locks then stand aside. */
bool panic_in_progress(void);

/*
 * Become the one CPU that brings the machine down. The first caller returns, and the
 * others are stopped by NMI if @stop_others; a second CPU never returns; the same CPU
 * failing again ends the run at once.
 */
void panic_begin(bool stop_others);

/**
 * panic_show_other_cpus - stop the other CPUs, and have each print its thread and its backtrace
 * @except: those that have been shown already
 *
 * One after the other, eight at most. One that takes no NMI within a second, or has stopped because
 * it panics too, is only named.
 *
 * Context: any, on the CPU that has called panic_begin().
 */
struct cpumask;
void panic_show_other_cpus(const struct cpumask *except);

#endif
