/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lock_plain_trylock: a trylock that found the lock free takes it by a plain store.
 *
 *	CPU0 spin_trylock()		CPU1 spin_trylock()
 *	val is 0
 *					val is 0
 *	val = 1
 *					val = 1: two inside
 */
#include <kernel/busted.h>
#include <kernel/shared.h>
#include <kernel/spinlock.h>

DEFINE_BUSTED(lock_plain_trylock, "a trylock that looks and then stores");

bool busted_hook_lock_plain_trylock(struct spinlock *lock)
{
	shared_write(SITE_LOCK, &lock->val, 1);
	return true;
}
