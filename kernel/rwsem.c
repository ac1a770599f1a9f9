/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sleeping reader-writer lock, strictly first come, first served: a reader that finds
 * a waiter queues behind it, so neither side starves. The lock is handed over: up_read()
 * and up_write() count the next holder in before they wake it.
 *
 * A waiter's record is on its own stack. It looks at ->granted under ->lock, so it
 * cannot return while the thread that granted the lock still uses the record.
 */
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/event.h>
#include <kernel/lockrank.h>
#include <kernel/panic.h>
#include <kernel/rwsem.h>
#include <kernel/sched.h>
#include <asm/barrier.h>

DEFINE_BUSTED(rwsem_late_state, "a waiter looks for its grant before it says that it sleeps");
DEFINE_BUSTED(rwsem_once, "a waiter that is woken does not look whether it has the lock");
DEFINE_BUSTED(rwsem_wakes_all, "a release admits all waiters");

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;
	bool write, granted; /* under sem->lock */
};

/* The key for the lock checker. Not its address: that is also the spinlock's inside. */
static const void *key(const struct rw_semaphore *sem)
{
	return &sem->count;
}

void init_rwsem_rank(struct rw_semaphore *sem, const char *name, enum lock_rank rank)
{
	spin_lock_init_rank(&sem->lock, name, RANK_WAIT);
	sem->count = 0;
	INIT_LIST_HEAD(&sem->waiters);
	sem->owner = NULL;
	sem->name = name;
	sem->rank = (u16)rank;
}

static bool compatible(const struct rw_semaphore *sem, bool write)
{
	int count = READ_ONCE(sem->count);

	return write ? count == 0 : count >= 0;
}

/* Count a holder in; its owner is known only for a writer. */
static void grant(struct rw_semaphore *sem, bool write, struct task_struct *task)
{
	lockdep_assert_held(&sem->lock);
	WRITE_ONCE(sem->count, write ? -1 : READ_ONCE(sem->count) + 1);
	if (write)
		WRITE_ONCE(sem->owner, task);
	observe(RWSEM_GRANT, key(sem), write, sem->name);
}

static bool trylock_locked(struct rw_semaphore *sem, bool write)
{
	if (!list_empty(&sem->waiters) || !compatible(sem, write))
		return false;
	grant(sem, write, current);
	return true;
}

static void wait_for_grant(struct rw_semaphore *sem, struct rwsem_waiter *w)
{
	unsigned long flags;
	bool granted;

	for (;;) {
		if (!busted(rwsem_late_state))
			set_current_state(TASK_SLEEPING);
		spin_lock_irqsave(&sem->lock, flags);
		granted = w->granted;
		spin_unlock_irqrestore(&sem->lock, flags);
		if (granted)
			break;
		if (busted(rwsem_late_state))
			set_current_state(TASK_SLEEPING);
		schedule();
		if (busted(rwsem_once))
			break;
	}
	set_current_state(TASK_RUNNING);
}

static void down(struct rw_semaphore *sem, bool write)
{
	struct rwsem_waiter w = {.task = current, .write = write};
	unsigned long flags;
	bool taken;

	might_sleep();
	lock_rank_acquire(key(sem), sem->name, sem->rank, false);
	spin_lock_irqsave(&sem->lock, flags);
	taken = trylock_locked(sem, write);
	if (!taken) {
		list_add_tail(&w.list, &sem->waiters);
		observe(RWSEM_QUEUE, key(sem), write, sem->name);
	}
	spin_unlock_irqrestore(&sem->lock, flags);
	if (!taken)
		wait_for_grant(sem, &w);
	waiter_is_gone(&w.task);
}

static void grant_waiters(struct rw_semaphore *sem)
{
	while (!list_empty(&sem->waiters)) {
		struct rwsem_waiter *w = list_first_entry(&sem->waiters, struct rwsem_waiter, list);

		if (!busted(rwsem_wakes_all) && !compatible(sem, w->write))
			break;
		list_del(&w->list);
		grant(sem, w->write, w->task);
		w->granted = true;
		wake_up_process(w->task);
	}
}

static bool down_trylock(struct rw_semaphore *sem, bool write)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&sem->lock, flags);
	taken = trylock_locked(sem, write);
	spin_unlock_irqrestore(&sem->lock, flags);
	if (taken)
		lock_rank_acquire_try(key(sem), sem->name, sem->rank);
	return taken;
}

void down_read(struct rw_semaphore *sem)
{
	down(sem, false);
}

void down_write(struct rw_semaphore *sem)
{
	down(sem, true);
}

bool down_read_trylock(struct rw_semaphore *sem)
{
	return down_trylock(sem, false);
}

bool down_write_trylock(struct rw_semaphore *sem)
{
	return down_trylock(sem, true);
}

void up_read(struct rw_semaphore *sem)
{
	unsigned long flags;

	lock_rank_release(key(sem));
	spin_lock_irqsave(&sem->lock, flags);
	BUG_ON(READ_ONCE(sem->count) <= 0);
	WRITE_ONCE(sem->count, READ_ONCE(sem->count) - 1);
	observe(RWSEM_RELEASE, key(sem), false, sem->name);
	grant_waiters(sem);
	spin_unlock_irqrestore(&sem->lock, flags);
}

void up_write(struct rw_semaphore *sem)
{
	unsigned long flags;

	lockdep_assert(READ_ONCE(sem->owner) == current);
	lock_rank_release(key(sem));
	spin_lock_irqsave(&sem->lock, flags);
	BUG_ON(READ_ONCE(sem->count) != -1);
	WRITE_ONCE(sem->owner, NULL);
	WRITE_ONCE(sem->count, 0);
	observe(RWSEM_RELEASE, key(sem), true, sem->name);
	grant_waiters(sem);
	spin_unlock_irqrestore(&sem->lock, flags);
}

bool rwsem_is_locked(const struct rw_semaphore *sem)
{
	return READ_ONCE(sem->count) != 0;
}

bool rwsem_is_write_locked(const struct rw_semaphore *sem)
{
	return READ_ONCE(sem->count) < 0;
}
