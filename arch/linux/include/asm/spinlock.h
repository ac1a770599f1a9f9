/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_SPINLOCK_H
#define SHIM_SPINLOCK_H

/*
 * arch_spinlock_t by its contract, as arch/model/spinlock.c: taking one is one step, possible when
 * the word is 0. What is above it in kernel/locking is Linux's own. A rwlock is exclusive.
 */
#include <linux/jump_label.h>
#include <linux/atomic.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <seam.h>

#define SHIM_WORD(atomic)	    ((unsigned int *)&(atomic).counter)

#define arch_spin_lock(l)	    model_lock(SHIM_WORD((l)->val))
#define arch_spin_trylock(l)	    model_trylock(SHIM_WORD((l)->val))
#define arch_spin_unlock(l)	    model_unlock(SHIM_WORD((l)->val))
#define arch_spin_is_locked(l)	    (atomic_read(&(l)->val) != 0)
#define arch_spin_value_unlocked(l) (!(l).val.counter)
#define arch_spin_is_contended(l)   0

#define arch_read_lock(l)	    model_lock(SHIM_WORD((l)->cnts))
#define arch_write_lock(l)	    model_lock(SHIM_WORD((l)->cnts))
#define arch_read_trylock(l)	    model_trylock(SHIM_WORD((l)->cnts))
#define arch_write_trylock(l)	    model_trylock(SHIM_WORD((l)->cnts))
#define arch_read_unlock(l)	    model_unlock(SHIM_WORD((l)->cnts))
#define arch_write_unlock(l)	    model_unlock(SHIM_WORD((l)->cnts))
#define arch_rwlock_is_contended(l) 0

#endif
