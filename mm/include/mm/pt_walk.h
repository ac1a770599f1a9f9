/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_PT_WALK_H
#define MM_PT_WALK_H

#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/shared.h>
#include <mm/busted.h>
#include <mm/mm_types.h>

/*
 * The bracket around every lock-free walk. Interrupts off is what all waiting for
 * walkers rests on: an interrupt that was sent before pt_walk_lockless_end() is taken
 * after it.
 *
 * A policy may want to know who is inside (publish_walks). Then
 *
 *	walker					sync
 *	  active_lockless_pt_walk_mm = mm	  clear the entry (the caller)
 *	  full barrier			[W]	  full barrier			[Y]
 *	  read the tables			  read active_lockless_pt_walk_mm
 *
 * so either the walker finds the entry cleared, or the sync finds the walker. A read
 * barrier does not do: both sides store first and load then.
 *
 * Context: any, NMI included; nests only as an NMI in another context's walk. The tables
 * of @mm stay: IRQs are off.
 */
DECLARE_PER_CPU(struct mm_struct *, active_lockless_pt_walk_mm); /* own CPU writes, all read */
extern bool pt_walk_publish; /* changes only while no walk is under way */

struct pt_walk_state {
	unsigned long irq_flags;
	struct mm_struct *outer; /* of the walk that an NMI interrupted */
};

static inline struct pt_walk_state pt_walk_lockless_start(struct mm_struct *mm, unsigned long start,
							  unsigned long nr_pages)
{
	struct pt_walk_state s = {0};

	local_irq_save(s.irq_flags);
	if (READ_ONCE(pt_walk_publish)) {
		if (!busted_hook(walk_publish_weak, mm, &s.outer))
			s.outer = shared_rmw(SITE_WALK, this_cpu_ptr(&active_lockless_pt_walk_mm),
					     xchg(PTR, mm)); /* [W] */
	}
	observe(WALK_BEGIN, mm->context.ctx_id, start, nr_pages);
	return s;
}

static inline void pt_walk_lockless_end(struct mm_struct *mm, struct pt_walk_state s,
					unsigned long found)
{
	observe(WALK_END, mm->context.ctx_id, found, 0);
	if (READ_ONCE(pt_walk_publish)) {
		/* The reads of the walk come first. Pairs with walks(). */
		shared_store_release(SITE_WALK, this_cpu_ptr(&active_lockless_pt_walk_mm), s.outer);
	}
	local_irq_restore(s.irq_flags);
}

#endif
