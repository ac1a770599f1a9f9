/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_COMPLETION_H
#define KERNEL_COMPLETION_H

#include <kernel/list.h>
#include <kernel/spinlock.h>

/*
 * Counts events; each lets one waiter go on, whether it waits already or comes later.
 * Source: Linux <linux/completion.h>.
 *
 * It may live on a waiter's stack. The waiter takes ->lock before it returns, and the last
 * that complete() does is to release ->lock.
 */
struct completion {
	spinlock_t lock;
	unsigned int done; /* events that no waiter has taken; ->lock */
	struct list_head waiters; /* in the order in which they came; ->lock */
};

/* No event has happened, and no thread waits. */
void init_completion(struct completion *c);

/**
 * complete - one event has happened: let the thread that has waited longest go on
 *
 * Context: any but NMI. A full barrier before the waiter goes on.
 */
void complete(struct completion *c);

/**
 * wait_for_completion - wait for an event that no other waiter has taken, and take it
 *
 * Context: may sleep; not interruptible, no timeout.
 */
void wait_for_completion(struct completion *c);

#endif
