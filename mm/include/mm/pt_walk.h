/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_PT_WALK_H
#define MM_PT_WALK_H

#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <mm/mm_types.h>

/*
 * The bracket around every lock-free walk. Interrupts off is what all waiting for
 * walkers rests on: an interrupt that was sent before pt_walk_lockless_end() is taken
 * after it.
 *
 * Context: any; nests nowhere. The mm is loaded and stays loaded (IRQs are off).
 */
static inline unsigned long pt_walk_lockless_start(struct mm_struct *mm, unsigned long start,
						   unsigned long nr_pages)
{
	unsigned long flags;

	local_irq_save(flags);
	observe(WALK_BEGIN, mm->context.ctx_id, start, nr_pages);
	return flags;
}

static inline void pt_walk_lockless_end(struct mm_struct *mm, unsigned long flags,
					unsigned long found)
{
	observe(WALK_END, mm->context.ctx_id, found, 0);
	local_irq_restore(flags);
}

#endif
