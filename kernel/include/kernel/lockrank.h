/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_LOCKRANK_H
#define KERNEL_LOCKRANK_H

#include <kernel/spinlock.h>

struct task_struct;

/**
 * lock_rank_conflict - would taking @lock break the lock order?
 * @t: the task and the locks that it holds
 * @nested: another lock of @rank may be held
 *
 * The test itself, without the panic. Return: index into @t->held of a lock that stands
 * in the way, or -1.
 */
int lock_rank_conflict(const struct task_struct *t, const void *lock, enum lock_rank rank,
		       bool nested);

/* Push and pop; pop returns whether @t held it. What spin_trylock() uses: no order check. */
void lock_rank_push(struct task_struct *t, const void *lock, const char *name, enum lock_rank rank);
bool lock_rank_pop(struct task_struct *t, const void *lock);

/* The same for the running task; nothing before there is one. */
void lock_rank_acquire_try(const void *lock, const char *name, enum lock_rank rank);
bool lock_rank_held(const void *lock);

#endif
