/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_MMU_CONTEXT_H
#define ASM_MMU_CONTEXT_H

struct mm_struct;
struct task_struct;

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

#endif
