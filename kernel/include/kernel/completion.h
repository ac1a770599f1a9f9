/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_COMPLETION_H
#define KERNEL_COMPLETION_H

#include <kernel/spinlock.h>

/*
 * One waiter, one event; it may live on the waiter's stack. The waiter looks at ->done
 * under ->lock, so it cannot return, and its stack go, while complete() still uses it.
 */
struct completion {
	spinlock_t lock;
	bool done;
	struct task_struct *waiter;
};

void init_completion(struct completion *c); /* the caller will be the waiter */
void complete(struct completion *c); /* any context but NMI */
void wait_for_completion(struct completion *c);

#endif
