/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

#include <asm/rwonce.h>

/* x86-TSO: the same contracts as arch/x86's. model_fence() waits for the store buffer. */
#define barrier()		__asm__ __volatile__("" ::: "memory")
#define smp_mb()		model_fence()
#define smp_rmb()		model_rmb()
#define smp_wmb()		model_wmb()
#define mb()			model_fence()
#define weak_wrmsr_fence()	model_fence()
#define smp_mb__before_atomic() barrier()
#define smp_mb__after_atomic()	barrier()

#define smp_load_acquire(p)	(*(const volatile typeof(*(p)) *)model_load_acquire((p), sizeof(*(p))))
#define smp_store_release(p, v)                              \
	do {                                                 \
		typeof(*(p)) __w = (v);                      \
		model_store_release((p), &__w, sizeof(__w)); \
	} while (0)
#define smp_store_mb(var, v)           \
	do {                           \
		(void)xchg(&(var), v); \
	} while (0)

#endif
