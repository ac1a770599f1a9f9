/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_REFCLOCK_H
#define X86_REFCLOCK_H

#include <kernel/types.h>

/* A counter of known frequency, to measure the TSC and the APIC timer against. */
struct refclock {
	const char *name;
	u32 hz;
	u32 mask; /* bits it counts; upwards */
	u32 (*read)(void);
};

/* The best one that is there and moves, or NULL. Boot CPU. */
const struct refclock *refclock_find(void);

#endif
