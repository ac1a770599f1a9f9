/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_SHARED_H
#define KERNEL_SHARED_H

#include <kernel/event.h>
#include <asm/atomic.h>
#include <asm/percpu.h>

/*
 * Accesses to one word that other CPUs access as well: first the sync point, then the marked
 * access. On driven CPUs each is so a step of its own. The word is named once, so the sync point
 * is never that of another word. With CONFIG_HOOKS=0 each is the access alone.
 *
 *	shared_read(site, p)			READ_ONCE()
 *	shared_load_acquire(site, p)		smp_load_acquire()
 *	shared_write(site, p, v)		WRITE_ONCE()
 *	shared_store_release(site, p, v)	smp_store_release()
 *	shared_store_mb(site, p, v)		smp_store_mb()
 *	shared_this_cpu_write(site, var, v)	this_cpu_write()
 *	shared_rmw(site, p, op)			op: a locked read-modify-write of *PTR
 *	shared_op(site, rw, p, op)		op: any other access to *PTR
 *
 * A subsystem's accessor is built from these (<asm/pgtable.h>, put_page_refs()). Where one step is
 * more than one access, or a CPU waits, a sync_point() stands by itself; tools/sync-points has
 * each of them with its reason, and `make lint` refuses any other.
 */

/**
 * shared_op - a sync point, then an access to the word at @p
 * @site: SITE_...: what kind of object the word belongs to
 * @rw: SYNC_READ, SYNC_WRITE or SYNC_RMW: what @op does
 * @p: the word's address; evaluated once, before the sync point
 * @op: expression, evaluated after the sync point, in which PTR is the value of @p
 *
 * Context: any in which the access itself may be made; the hook may spin there.
 * Return: what @op evaluates to.
 */
#define shared_op(site, rw, p, op)         \
	({                                 \
		typeof(p) PTR = (p);       \
		sync_point(site, rw, PTR); \
		op;                        \
	})

/**
 * shared_rmw - a sync point, then a locked read-modify-write of the word at @p
 * @site: SITE_...
 * @p: the word's address
 * @op: as in shared_op(): shared_rmw(SITE_REF, &page->_refcount, atomic_add_return(1, PTR))
 *
 * Return: what @op evaluates to. Ordering: @op's.
 */
#define shared_rmw(site, p, op)		 shared_op(site, SYNC_RMW, p, op)

/* The rest differ from what they are named after only by the sync point before the access. */
#define shared_read(site, p)		 shared_op(site, SYNC_READ, p, READ_ONCE(*PTR))
#define shared_load_acquire(site, p)	 shared_op(site, SYNC_READ, p, smp_load_acquire(PTR))
#define shared_write(site, p, v)	 shared_op(site, SYNC_WRITE, p, WRITE_ONCE(*PTR, v))
#define shared_store_release(site, p, v) shared_op(site, SYNC_WRITE, p, smp_store_release(PTR, v))
#define shared_store_mb(site, p, v)	 shared_op(site, SYNC_WRITE, p, smp_store_mb(*PTR, v))

/* By the variable, as this_cpu_write(): one instruction, which needs no address. */
#define shared_this_cpu_write(site, var, v)                         \
	do {                                                        \
		sync_point(site, SYNC_WRITE, this_cpu_ptr(&(var))); \
		this_cpu_write(var, v);                             \
	} while (0)

#endif
