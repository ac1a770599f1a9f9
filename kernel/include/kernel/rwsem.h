/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_RWSEM_H
#define KERNEL_RWSEM_H

#include <kernel/spinlock.h>

/* Sleeping reader-writer lock; writers are not starved. Rank-checked like spinlocks. */
struct rw_semaphore {
	spinlock_t lock;
	int count; /* -1 one writer, n readers */
	struct list_head waiters;
	struct task_struct *owner; /* the writer (lockdep) */
	const char *name;
	u16 rank;
};

void init_rwsem_rank(struct rw_semaphore *sem, const char *name, enum lock_rank rank);
void down_read(struct rw_semaphore *sem); /* may sleep */
void down_write(struct rw_semaphore *sem); /* may sleep */
bool down_read_trylock(struct rw_semaphore *sem);
bool down_write_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
bool rwsem_is_locked(const struct rw_semaphore *sem);
bool rwsem_is_write_locked(const struct rw_semaphore *sem);

#endif
