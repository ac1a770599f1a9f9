/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_ATOMIC_OPS_H
#define KERNEL_ATOMIC_OPS_H

/*
 * What follows from the machine's own few: xchg(), cmpxchg(), try_cmpxchg() and
 * arch_add_return(). Include <asm/atomic.h>.
 */
#define ATOMIC_INIT(i) \
	{              \
		(i)    \
	}
#define ATOMIC64_INIT(i) \
	{                \
		(i)      \
	}

/* What both widths have. */
#define ATOMIC_OPS(name, type)                                                  \
	static inline type name##_read(const name##_t *v)                       \
	{                                                                       \
		return READ_ONCE(v->counter);                                   \
	}                                                                       \
	static inline void name##_set(name##_t *v, type i)                      \
	{                                                                       \
		WRITE_ONCE(v->counter, i);                                      \
	}                                                                       \
	static inline type name##_add_return(type i, name##_t *v)               \
	{                                                                       \
		return arch_add_return(&v->counter, i);                         \
	}                                                                       \
	static inline void name##_add(type i, name##_t *v)                      \
	{                                                                       \
		(void)arch_add_return(&v->counter, i);                          \
	}                                                                       \
	static inline void name##_inc(name##_t *v)                              \
	{                                                                       \
		name##_add(1, v);                                               \
	}                                                                       \
	static inline type name##_inc_return(name##_t *v)                       \
	{                                                                       \
		return name##_add_return(1, v);                                 \
	}                                                                       \
	static inline bool name##_try_cmpxchg(name##_t *v, type *old, type new) \
	{                                                                       \
		return try_cmpxchg(&v->counter, old, new);                      \
	}

ATOMIC_OPS(atomic, int) /* atomic_read(), ... */
ATOMIC_OPS(atomic64, s64) /* atomic64_read(), ... */

static inline void atomic_set_release(atomic_t *v, int i)
{
	smp_store_release(&v->counter, i);
}

static inline int atomic_fetch_add(int i, atomic_t *v)
{
	return arch_add_return(&v->counter, i) - i;
}

static inline void atomic_sub(int i, atomic_t *v)
{
	(void)arch_add_return(&v->counter, -i);
}

static inline int atomic_sub_return(int i, atomic_t *v)
{
	return arch_add_return(&v->counter, -i);
}

static inline void atomic_dec(atomic_t *v)
{
	atomic_sub(1, v);
}

static inline bool atomic_dec_and_test(atomic_t *v)
{
	return atomic_sub_return(1, v) == 0;
}

static inline bool atomic_sub_and_test(int i, atomic_t *v)
{
	return atomic_sub_return(i, v) == 0;
}

/* Add @i unless the value is @u; returns whether it was added. */
static inline bool atomic_add_unless(atomic_t *v, int i, int u)
{
	int c = atomic_read(v);

	do {
		if (c == u)
			return false;
	} while (!atomic_try_cmpxchg(v, &c, c + i));
	return true;
}

#endif
