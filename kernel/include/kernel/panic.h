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

#endif
