/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spinlocks: test-and-test-and-set.
 *
 * Not a ticket lock, because of where this kernel mostly runs. With all virtual CPUs on
 * one emulator thread each pause is a trip round all of them, and a FIFO hands the lock
 * to one particular CPU: every handover waits until its turn comes, so n contenders
 * make n trips. Without the FIFO the CPU that runs next takes it. The price is that no
 * order of waiters is promised; critical sections are short, and none of the CPUs that
 * we have seen starves on that scale.
 */
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/drive.h>
#include <kernel/event.h>
#include <kernel/lockrank.h>
#include <kernel/panic.h>
#include <kernel/smp.h>
#include <kernel/spinlock.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>

/*
 * The scheduler's and RCU's own locks are no sync points: what a hook does with one (delay,
 * switch threads) may need them. Not so for one that drives all CPUs.
 */
static inline void lock_sync_point(const spinlock_t *lock, enum sync_rw rw)
{
	if (lock->rank < RANK_RCU || driven())
		sync_point(SITE_LOCK, rw, &lock->val);
}

void spin_lock_init_rank(spinlock_t *lock, const char *name, enum lock_rank rank)
{
	lock->rank = (u16)rank;
	lock->owner = 0;
	lock->name = name;
	WRITE_ONCE(lock->val, 0);
}

static void wait_for(spinlock_t *lock)
{
	struct watchdog_wait w = {0};

	/* Read until it looks free: a waiter's xchg() would take the line from the owner. */
	while (READ_ONCE(lock->val))
		watchdog_spin(&w, lock->name, (int)READ_ONCE(lock->owner) - 1);
}

static void take(spinlock_t *lock)
{
	/* Acquire: pairs with the release in spin_unlock(). */
	while (!busted_hook(lock_look_then_take, lock) && xchg(&lock->val, 1))
		wait_for(lock);
	if (CONFIG_PROVE_LOCKING)
		WRITE_ONCE(lock->owner, (u16)(raw_smp_processor_id() + 1));
}

static void check_recursion(const spinlock_t *lock)
{
	if (CONFIG_PROVE_LOCKING && READ_ONCE(lock->val) &&
	    READ_ONCE(lock->owner) == raw_smp_processor_id() + 1 && !panic_in_progress())
		panic("lock recursion: CPU%d takes %s, which it holds", raw_smp_processor_id(),
		      lock->name);
}

static void lock_common(spinlock_t *lock, bool nested)
{
	preempt_disable();
	check_recursion(lock);
	lock_rank_acquire(lock, lock->name, lock->rank, nested);
	lock_sync_point(lock, SYNC_ACQUIRE);
	take(lock);
}

void spin_lock(spinlock_t *lock)
{
	lock_common(lock, false);
}

void spin_lock_nested(spinlock_t *lock, unsigned int subclass)
{
	lockdep_assert(subclass == SINGLE_DEPTH_NESTING);
	lock_common(lock, true);
}

bool spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	lock_sync_point(lock, SYNC_RMW);
	/* Acquire: pairs with spin_unlock(). */
	if (READ_ONCE(lock->val) ||
	    (!busted_hook(lock_plain_trylock, lock) && xchg(&lock->val, 1))) {
		preempt_enable();
		return false;
	}
	if (CONFIG_PROVE_LOCKING)
		WRITE_ONCE(lock->owner, (u16)(raw_smp_processor_id() + 1));
	lock_rank_acquire_try(lock, lock->name, lock->rank);
	return true;
}

void spin_unlock(spinlock_t *lock)
{
	if (CONFIG_PROVE_LOCKING && !panic_in_progress()) {
		if (!READ_ONCE(lock->val))
			panic("assertion: CPU%d unlocks %s, which is not locked",
			      raw_smp_processor_id(), lock->name);
		if (READ_ONCE(lock->owner) != raw_smp_processor_id() + 1)
			panic("assertion: CPU%d unlocks %s, which CPU%d holds",
			      raw_smp_processor_id(), lock->name, (int)READ_ONCE(lock->owner) - 1);
		lock_rank_release(lock);
		WRITE_ONCE(lock->owner, 0);
	}
	lock_sync_point(lock, SYNC_WRITE);
	/* Pairs with take() and spin_trylock(). */
	smp_store_release(&lock->val, 0);
	preempt_enable();
}

bool spin_is_locked(const spinlock_t *lock)
{
	return READ_ONCE(lock->val);
}

void __lockdep_assert_held(const spinlock_t *lock, const char *file, int line)
{
	if (panic_in_progress())
		return;
	if (!READ_ONCE(lock->val) ||
	    (CONFIG_PROVE_LOCKING && READ_ONCE(lock->owner) != raw_smp_processor_id() + 1))
		panic("assertion: %s is not held at %s:%d", lock->name, file, line);
}
