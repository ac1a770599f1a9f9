/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_ATOMIC_H
#define ASM_ATOMIC_H

#include <kernel/types.h>
#include <asm/barrier.h>

/*
 * Locked operations. model_rmw() is the step: it returns with the store buffer empty, and no
 * other CPU runs before this one's next step. What follows is plain C.
 */
#define xchg(p, v)                                         \
	({                                                 \
		typeof(*(p)) __new = (v);                  \
		volatile typeof(*(p)) *__p = model_rmw(p); \
		typeof(*(p)) __old = *__p;                 \
		*__p = __new;                              \
		__old;                                     \
	})
#define try_cmpxchg(p, oldp, v)                            \
	({                                                 \
		volatile typeof(*(p)) *__p = model_rmw(p); \
		typeof(*(p)) __seen = *__p;                \
		bool __ok = __seen == *(oldp);             \
		if (__ok)                                  \
			*__p = (v);                        \
		else                                       \
			*(oldp) = __seen;                  \
		__ok;                                      \
	})
#define cmpxchg(p, old, v)                        \
	({                                        \
		typeof(*(p)) __want = (old);      \
		(void)try_cmpxchg(p, &__want, v); \
		__want;                           \
	})
#define arch_add_return(p, i)                              \
	({                                                 \
		volatile typeof(*(p)) *__p = model_rmw(p); \
		*__p = *__p + (i);                         \
	})

#include <kernel/atomic_ops.h>

#endif
