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

static inline int atomic_read(const atomic_t *v)
{
	return READ_ONCE(v->counter);
}

static inline void atomic_set(atomic_t *v, int i)
{
	WRITE_ONCE(v->counter, i);
}

static inline int atomic_add_return(int i, atomic_t *v)
{
	return arch_add_return(&v->counter, i);
}

static inline int atomic_fetch_add(int i, atomic_t *v)
{
	return arch_add_return(&v->counter, i) - i;
}

static inline void atomic_add(int i, atomic_t *v)
{
	(void)arch_add_return(&v->counter, i);
}

static inline void atomic_sub(int i, atomic_t *v)
{
	(void)arch_add_return(&v->counter, -i);
}

static inline int atomic_sub_return(int i, atomic_t *v)
{
	return arch_add_return(&v->counter, -i);
}

static inline void atomic_inc(atomic_t *v)
{
	atomic_add(1, v);
}

static inline void atomic_dec(atomic_t *v)
{
	atomic_sub(1, v);
}

static inline int atomic_inc_return(atomic_t *v)
{
	return atomic_add_return(1, v);
}

static inline bool atomic_dec_and_test(atomic_t *v)
{
	return atomic_sub_return(1, v) == 0;
}

static inline bool atomic_sub_and_test(int i, atomic_t *v)
{
	return atomic_sub_return(i, v) == 0;
}

static inline bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)
{
	return try_cmpxchg(&v->counter, old, new);
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

static inline s64 atomic64_read(const atomic64_t *v)
{
	return READ_ONCE(v->counter);
}

static inline void atomic64_set(atomic64_t *v, s64 i)
{
	WRITE_ONCE(v->counter, i);
}

static inline s64 atomic64_add_return(s64 i, atomic64_t *v)
{
	return arch_add_return(&v->counter, i);
}

static inline s64 atomic64_inc_return(atomic64_t *v)
{
	return atomic64_add_return(1, v);
}

static inline void atomic64_add(s64 i, atomic64_t *v)
{
	(void)atomic64_add_return(i, v);
}

static inline void atomic64_inc(atomic64_t *v)
{
	atomic64_add(1, v);
}

static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)
{
	return try_cmpxchg(&v->counter, old, new);
}

#endif
