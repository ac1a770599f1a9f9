/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

#include <kernel/irqflags.h>
#include <kernel/preempt.h>
#include <kernel/types.h>

/*
 * Lock order, checked at run time: a lock may be taken only while every held lock
 * has a lower rank (the same rank only through the _nested forms). Sleeping locks come
 * first, because no one sleeps under a spinlock.
 */
enum lock_rank {
	RANK_NONE,
	RANK_OP, /* a test's own outer locks */
	RANK_MMAP, /* mm->mmap_lock */
	RANK_VMA, /* hugetlb VMA lock */
	RANK_I_MMAP, /* address_space->i_mmap_rwsem */
	RANK_ANON_VMA,
	RANK_PAGE_TABLE, /* mm->page_table_lock */
	RANK_PMD, /* ptl of a PMD table */
	RANK_PTE, /* ptl of a PTE table */
	RANK_MM, /* small mm-internal spinlocks */
	RANK_ZONE, /* page allocator */
	RANK_RCU,
	RANK_WAIT, /* wait queues */
	RANK_RQ, /* run queues */
	RANK_SMP,
	RANK_CONSOLE,
	NR_RANKS
};

typedef struct spinlock {
	u32 val; /* 0 free, 1 held */
	u16 rank;
	u16 owner; /* CPU + 1 while held (CONFIG_PROVE_LOCKING, and arch/model) */
	const char *name;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED(n, r)       \
	{                                \
		.rank = (r), .name = (n) \
	}
#define DEFINE_SPINLOCK(n, r) spinlock_t n = __SPIN_LOCK_UNLOCKED(#n, r)

/* The only subclass there is: no thread holds three locks of one rank. */
#define SINGLE_DEPTH_NESTING  1

void spin_lock_init_rank(spinlock_t *lock, const char *name, enum lock_rank rank);

void spin_lock(spinlock_t *lock); /* preemption off until unlock */
void spin_lock_nested(spinlock_t *lock, unsigned int subclass); /* a second one of the same rank */
bool spin_trylock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
bool spin_is_locked(const spinlock_t *lock);

#define spin_lock_irqsave(lock, flags) \
	do {                           \
		local_irq_save(flags); \
		spin_lock(lock);       \
	} while (0)
/* Preemption comes back last: with IRQs still off a due switch would be passed over. */
#define spin_unlock_irqrestore(lock, flags) \
	do {                                \
		preempt_disable();          \
		spin_unlock(lock);          \
		local_irq_restore(flags);   \
		preempt_enable();           \
	} while (0)

/* [assert-not-prose]; nothing with CONFIG_LOCKDEP=0. Held by this CPU. */
void __lockdep_assert_held(const spinlock_t *lock, const char *file, int line);
#define lockdep_assert_held(lock)                                          \
	do {                                                               \
		if (CONFIG_LOCKDEP) {                                      \
			const spinlock_t *__lock;                          \
                                                                           \
			machine_looks(true);                               \
			__lock = (lock);                                   \
			machine_looks(false);                              \
			__lockdep_assert_held(__lock, __FILE__, __LINE__); \
		}                                                          \
	} while (0)

/* Used by spinlock.c and rwsem.c: push and pop a held rank of this task. */
void lock_rank_acquire(const void *lock, const char *name, enum lock_rank rank, bool nested);
void lock_rank_release(const void *lock);

#endif
