/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_ATOMIC_H
#define ASM_ATOMIC_H

#include <kernel/types.h>
#include <asm/barrier.h>

/*
 * Atomic read-modify-write operations, with Linux's names. All of them are LOCKed
 * instructions and so full barriers (SDM vol. 3A 9.1.2.2, 9.2.2), whatever Linux
 * promises for the name; mm/ and kernel/ rely on no more than Linux promises.
 */
#define xchg(p, v) __atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define cmpxchg(p, old, v)                                                             \
	({                                                                             \
		typeof(*(p)) __old = (old);                                            \
		__atomic_compare_exchange_n((p), &__old, (v), false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST);                         \
		__old;                                                                 \
	})
#define try_cmpxchg(p, oldp, v) \
	__atomic_compare_exchange_n((p), (oldp), (v), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

/* *(p) += i, the new value. */
#define arch_add_return(p, i) __atomic_add_fetch((p), (i), __ATOMIC_SEQ_CST)

#include <kernel/atomic_ops.h>

#endif
