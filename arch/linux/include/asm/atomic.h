/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ATOMIC_H
#define SHIM_ATOMIC_H

/* atomic_t and atomic64_t by model_fetch(); the fallback headers make the rest from these. */
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/cmpxchg.h>
#include <asm/rmwcc.h>
#include <asm/barrier.h>

#define ATOMIC64_INIT(i) \
	{                \
		(i)      \
	}

#define SHIM_FETCH(pfx, T, op, OP)                                                            \
	static __always_inline T arch_##pfx##_fetch_##op(T i, pfx##_t *v)                     \
	{                                                                                     \
		return (T)model_fetch(OP, &v->counter, (unsigned long)i, sizeof(v->counter)); \
	}                                                                                     \
	static __always_inline void arch_##pfx##_##op(T i, pfx##_t *v)                        \
	{                                                                                     \
		arch_##pfx##_fetch_##op(i, v);                                                \
	}

#define SHIM_ATOMIC(pfx, T)                                               \
	static __always_inline T arch_##pfx##_read(const pfx##_t *v)      \
	{                                                                 \
		return __READ_ONCE(v->counter);                           \
	}                                                                 \
	static __always_inline void arch_##pfx##_set(pfx##_t *v, T i)     \
	{                                                                 \
		__WRITE_ONCE(v->counter, i);                              \
	}                                                                 \
	SHIM_FETCH(pfx, T, add, MODEL_ADD)                                \
	SHIM_FETCH(pfx, T, and, MODEL_AND)                                \
	SHIM_FETCH(pfx, T, or, MODEL_OR)                                  \
	SHIM_FETCH(pfx, T, xor, MODEL_XOR)                                \
	static __always_inline T arch_##pfx##_fetch_sub(T i, pfx##_t *v)  \
	{                                                                 \
		return arch_##pfx##_fetch_add(-i, v);                     \
	}                                                                 \
	static __always_inline void arch_##pfx##_sub(T i, pfx##_t *v)     \
	{                                                                 \
		arch_##pfx##_fetch_add(-i, v);                            \
	}                                                                 \
	static __always_inline T arch_##pfx##_add_return(T i, pfx##_t *v) \
	{                                                                 \
		return arch_##pfx##_fetch_add(i, v) + i;                  \
	}                                                                 \
	static __always_inline T arch_##pfx##_sub_return(T i, pfx##_t *v) \
	{                                                                 \
		return arch_##pfx##_fetch_add(-i, v) - i;                 \
	}

SHIM_ATOMIC(atomic, int)
SHIM_ATOMIC(atomic64, s64)

/* That these exist is what the fallback headers ask. */
#define arch_atomic_fetch_add		   arch_atomic_fetch_add
#define arch_atomic_fetch_sub		   arch_atomic_fetch_sub
#define arch_atomic_fetch_and		   arch_atomic_fetch_and
#define arch_atomic_fetch_or		   arch_atomic_fetch_or
#define arch_atomic_fetch_xor		   arch_atomic_fetch_xor
#define arch_atomic_add_return		   arch_atomic_add_return
#define arch_atomic_sub_return		   arch_atomic_sub_return
#define arch_atomic64_fetch_add		   arch_atomic64_fetch_add
#define arch_atomic64_fetch_sub		   arch_atomic64_fetch_sub
#define arch_atomic64_fetch_and		   arch_atomic64_fetch_and
#define arch_atomic64_fetch_or		   arch_atomic64_fetch_or
#define arch_atomic64_fetch_xor		   arch_atomic64_fetch_xor
#define arch_atomic64_add_return	   arch_atomic64_add_return
#define arch_atomic64_sub_return	   arch_atomic64_sub_return

#define arch_atomic_xchg(v, n)		   arch_xchg(&(v)->counter, (n))
#define arch_atomic_cmpxchg(v, o, n)	   arch_cmpxchg(&(v)->counter, (o), (n))
#define arch_atomic_try_cmpxchg(v, o, n)   arch_try_cmpxchg(&(v)->counter, (o), (n))
#define arch_atomic64_xchg(v, n)	   arch_xchg(&(v)->counter, (n))
#define arch_atomic64_cmpxchg(v, o, n)	   arch_cmpxchg(&(v)->counter, (o), (n))
#define arch_atomic64_try_cmpxchg(v, o, n) arch_try_cmpxchg(&(v)->counter, (o), (n))

#endif
