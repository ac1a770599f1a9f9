/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lock_look_then_take: a lock that looked free is taken by a plain store.
 *
 *	CPU0 spin_lock()		CPU1 spin_lock()
 *	val is 0
 *					val is 0
 *	val = 1
 *					val = 1: two inside
 */
#include <kernel/busted.h>
#include <kernel/shared.h>
#include <kernel/spinlock.h>
#include <kernel/watchdog.h>

DEFINE_BUSTED(lock_look_then_take, "a lock that looked free is taken by a plain store");

bool busted_hook_lock_look_then_take(struct spinlock *lock)
{
	struct watchdog_wait w = {0};

	while (READ_ONCE(lock->val))
		watchdog_spin(&w, lock->name, (int)READ_ONCE(lock->owner) - 1);
	shared_write(SITE_LOCK, &lock->val, 1);
	return true;
}
