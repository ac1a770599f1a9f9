/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spinlocks by their contract: taking one is one step, possible when it is free. With
 * kernel/spinlock.c each read of each waiter would be a step, and no more would be found. That
 * kernel/spinlock.c keeps the contract is explored separately (lock_vs_lock).
 */
#include "model.h"
#include "race.h"
#include "store_buffer.h"
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/preempt.h>
#include <kernel/spinlock.h>
#include <asm/atomic.h>

/* A bug of the hardware: it shows what the rule is needed for. */
DEFINE_BUSTED(hw_lock_keeps_stores,
	      "taking a lock that no other CPU takes does not wait for the store buffer");

void spin_lock_init_rank(spinlock_t *lock, const char *name, enum lock_rank rank)
{
	lock->rank = (u16)rank;
	lock->owner = 0;
	lock->name = name;
	WRITE_ONCE(lock->val, 0);
}

/* This CPU as a lock->owner. Only checks use that: its accesses are not modelled. */
static u16 owner(void)
{
	return (u16)(machine.cpu + 1);
}

void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	if (shared_access(&lock->val, true)) {
		struct op *op = point_begin();

		op_touches(op, (uintptr_t)&lock->val & ~7UL, ACC_WRITE | ACC_AWAIT);
		op_awaits_buffer(op);
		point(OP_LOCK);
	} else if (!machine.observing && !busted(hw_lock_keeps_stores)) {
		wait_for_drain(); /* no other CPU takes it, but it is a locked instruction */
	}
	race_lock(&lock->val);
	BUG_ON(lock->val); /* not shared but held: by the code that this CPU has interrupted */
	lock->val = 1;
	lock->owner = owner();
}

void spin_lock_nested(spinlock_t *lock, unsigned int subclass)
{
	spin_lock(lock);
}

bool spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	if (xchg(&lock->val, 1)) {
		preempt_enable();
		return false;
	}
	lock->owner = owner();
	return true;
}

/* If the store has entered the buffer: no CPU can take the lock before the store drains. */
static void mark_unlock(const u32 *val)
{
	struct store_buffer *sb = sb_of(this_mcpu());
	struct sb_entry *e = &sb->e[(sb->head + sb->nr - 1) % SB_SIZE];

	if (sb->nr && e->p == (const char *)val)
		e->unlock = true;
}

void spin_unlock(spinlock_t *lock)
{
	if (lockdep_objects(lock->owner == owner()))
		panic("lockdep: CPU%u unlocks %s, which it does not hold", machine.cpu, lock->name);
	lock->owner = 0;
	if (machine.exploring && !has_buffer(machine.cpu) && shared_access(&lock->val, true)) {
		op_touches(point_begin(), (uintptr_t)&lock->val & ~7UL, ACC_WRITE | ACC_WAKE);
		point(OP_STORE);
		race_store(&lock->val, true);
		lock->val = 0;
	} else {
		smp_store_release(&lock->val, 0);
		mark_unlock(&lock->val);
	}
	preempt_enable();
}

bool spin_is_locked(const spinlock_t *lock)
{
	return READ_ONCE(lock->val);
}

void __lockdep_assert_held(const spinlock_t *lock, const char *file, int line)
{
	if (lockdep_objects(lock->owner == owner()))
		panic("lockdep: %s is not held at %s:%d", lock->name, file, line);
}
