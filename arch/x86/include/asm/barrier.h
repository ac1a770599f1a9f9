/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

#include <asm/rwonce.h>

/*
 * x86-TSO: only a later load may pass an earlier store to another location
 * (Intel SDM vol. 3A 9.2.2; AMD APM vol. 2 7.2). So all but smp_mb() only bind
 * the compiler.
 */
#define barrier()		__asm__ __volatile__("" ::: "memory")

/* Full barrier; a locked operation is cheaper than MFENCE and as strong for WB memory. */
#define smp_mb()		__asm__ __volatile__("lock; addl $0,-4(%%rsp)" ::: "memory", "cc")
#define smp_rmb()		barrier()
#define smp_wmb()		barrier()

/* MFENCE; LFENCE: needed before an x2APIC ICR write (SDM vol. 3A 11.12.3). */
#define mb()			__asm__ __volatile__("mfence" ::: "memory")
#define weak_wrmsr_fence()	__asm__ __volatile__("mfence; lfence" ::: "memory")

/* After an atomic RMW that Linux does not promise to be a full barrier: on x86 it is. */
#define smp_mb__before_atomic() barrier()
#define smp_mb__after_atomic()	barrier()

#define smp_load_acquire(p)                         \
	({                                          \
		typeof(*(p)) __v = READ_ONCE(*(p)); \
		barrier();                          \
		__v;                                \
	})
#define smp_store_release(p, v)      \
	do {                         \
		barrier();           \
		WRITE_ONCE(*(p), v); \
	} while (0)
#define smp_store_mb(var, v)           \
	do {                           \
		(void)xchg(&(var), v); \
	} while (0)

#endif
