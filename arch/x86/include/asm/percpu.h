/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <kernel/percpu_defs.h>

/*
 * GS base = (this CPU's copy) - (the section as linked), so %gs:var is this CPU's
 * var. Until a CPU has its copy GS base is 0 and the linked section itself serves.
 */
extern unsigned long this_cpu_off; /* own CPU's copy minus the section */

static __always_inline unsigned long __this_cpu_off(void)
{
	unsigned long off;

	/* Not volatile in the way of memory: constant for as long as we stay on this CPU. */
	__asm__ __volatile__("mov %%gs:%1,%0" : "=r"(off) : "m"(this_cpu_off));
	return off;
}

#define this_cpu_ptr(ptr) ((typeof(ptr))((char *)(ptr) + __this_cpu_off()))

/*
 * One instruction each, so that neither an interrupt nor a preemption can come
 * between finding the CPU and touching its variable.
 */
#define this_cpu_read(var)                                                              \
	({                                                                              \
		typeof(var) __v;                                                        \
		if (sizeof(__v) == 1)                                                   \
			__asm__ __volatile__("movb %%gs:%1,%0" : "=q"(__v) : "m"(var)); \
		else if (sizeof(__v) == 2)                                              \
			__asm__ __volatile__("movw %%gs:%1,%0" : "=r"(__v) : "m"(var)); \
		else if (sizeof(__v) == 4)                                              \
			__asm__ __volatile__("movl %%gs:%1,%0" : "=r"(__v) : "m"(var)); \
		else                                                                    \
			__asm__ __volatile__("movq %%gs:%1,%0" : "=r"(__v) : "m"(var)); \
		__v;                                                                    \
	})

#define this_cpu_write(var, val)                                                        \
	do {                                                                            \
		typeof(var) __v = (val);                                                \
		if (sizeof(__v) == 1)                                                   \
			__asm__ __volatile__("movb %1,%%gs:%0" : "+m"(var) : "q"(__v)); \
		else if (sizeof(__v) == 2)                                              \
			__asm__ __volatile__("movw %1,%%gs:%0" : "+m"(var) : "r"(__v)); \
		else if (sizeof(__v) == 4)                                              \
			__asm__ __volatile__("movl %1,%%gs:%0" : "+m"(var) : "r"(__v)); \
		else                                                                    \
			__asm__ __volatile__("movq %1,%%gs:%0" : "+m"(var) : "r"(__v)); \
	} while (0)

/* Integers of 4 or 8 bytes. */
#define this_cpu_add(var, val)                                                                 \
	do {                                                                                   \
		typeof(var) __v = (val);                                                       \
		if (sizeof(__v) == 4)                                                          \
			__asm__ __volatile__("addl %1,%%gs:%0" : "+m"(var) : "r"(__v) : "cc"); \
		else                                                                           \
			__asm__ __volatile__("addq %1,%%gs:%0" : "+m"(var) : "r"(__v) : "cc"); \
	} while (0)
/* 8 bytes; not LOCKed: atomic against this CPU's own interrupts and NMIs only. */
#define this_cpu_add_return(var, val)                                                  \
	({                                                                             \
		u64 __v = (u64)(val), __inc = __v;                                     \
		__asm__ __volatile__("xaddq %0,%%gs:%1" : "+r"(__v), "+m"(var)::"cc"); \
		__v + __inc;                                                           \
	})

#endif
