/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <kernel/types.h>

/* Nanoseconds since boot, from the TSC; monotonic on each CPU. Any context. */
u64 sched_clock(void);

#define NSEC_PER_USEC 1000ULL
#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_SEC  1000000000ULL

void udelay(u32 us); /* spins with cpu_relax() */

#endif
