/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_MMU_CONTEXT_H
#define ASM_MMU_CONTEXT_H

struct mm_struct;
struct task_struct;

/**
 * init_new_context - @mm is new and zeroed: its ctx_id, tlb_gen, the time of
 *	its first trim, and, it may be, global ASID
 *
 * Return: 0. Source: Linux init_new_context().
 */
int init_new_context(struct task_struct *tsk, struct mm_struct *mm);

/**
 * destroy_context - @mm is gone from every CPU, after cleanup_lazy_tlbs()
 *
 * Source: Linux destroy_context().
 */
void destroy_context(struct mm_struct *mm);

/**
 * switch_mm_irqs_off - make @next the address space of this CPU
 * @unused: Linux's first argument; what is loaded is in cpu_tlbstate
 * @next: to load; &init_mm for none
 * @tsk: the task that will run with it, or NULL
 *
 * Ends lazy mode. Afterwards this CPU is in mm_cpumask(@next), and its TLB holds
 * nothing of @next older than the tlb_gen it read after entering the mask.
 *
 * Context: IRQs off (asserted).
 * Source: Linux switch_mm_irqs_off().
 */
void switch_mm_irqs_off(struct mm_struct *unused, struct mm_struct *next, struct task_struct *tsk);

/**
 * enter_lazy_tlb - a task without an mm runs now: keep what is loaded, lazily
 *
 * While lazy, flushes that free no page tables leave this CPU alone; it catches up
 * in switch_mm_irqs_off().
 *
 * Context: IRQs off. Source: Linux enter_lazy_tlb().
 */
void enter_lazy_tlb(struct mm_struct *mm, struct task_struct *tsk);

/**
 * use_temporary_mm - load @temp_mm on this CPU; current->mm stays what it is
 * @temp_mm: no other CPU uses it meanwhile
 *
 * To be undone by unuse_temporary_mm() before anything can schedule. IRQs may be on in
 * between: then a flush of the mm that was loaded may take this CPU out of its mask.
 *
 * Context: preemption off (asserted), until unuse_temporary_mm(); any IRQ state.
 * Return: what was loaded, for unuse_temporary_mm(); &init_mm if it was loaded lazily.
 * Source: Linux use_temporary_mm(); before 6.16 (58f8ffa91766) it wanted IRQs off.
 */
struct mm_struct *use_temporary_mm(struct mm_struct *temp_mm);
/* Takes this CPU out of the temporary mm's mask, and loads @prev_mm again. Same context. */
void unuse_temporary_mm(struct mm_struct *prev_mm);

#endif
