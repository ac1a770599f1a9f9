/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Temporary mms: another address space for a moment, with current->mm as it was. Linux
 * pokes text through one (interrupts off) and calls EFI in one (interrupts on).
 *
 * What this means for flushes of current->mm. This CPU stays in its mm_cpumask() at first, but has
 * another mm loaded. A flush that frees no table passes over this CPU (should_flush_tlb()). The
 * first one that frees tables, if interrupts are on, clears the bit (flush_tlb_func()).
 * No code of this task walks the tables of current->mm then; an NMI may.
 */
#include <kernel/irqflags.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <asm/mmu_context.h>
#include <mm/mm_types.h>
#include "tlb.h"

struct mm_struct *use_temporary_mm(struct mm_struct *temp_mm)
{
	struct mm_struct *prev_mm;
	unsigned long flags;

	lockdep_assert_preemption_disabled();
	local_irq_save(flags);
	/* A lazily loaded mm may have missed flushes; coming back to it would count as not lazy. */
	if (this_cpu_read(cpu_tlbstate_shared.is_lazy))
		switch_mm_irqs_off(NULL, &init_mm, NULL);
	prev_mm = this_cpu_read(cpu_tlbstate.loaded_mm);
	switch_mm_irqs_off(NULL, temp_mm, current);
	local_irq_restore(flags);
	return prev_mm;
}

void unuse_temporary_mm(struct mm_struct *prev_mm)
{
	struct mm_struct *temp_mm;
	unsigned long flags;

	lockdep_assert_preemption_disabled();
	local_irq_save(flags);
	temp_mm = this_cpu_read(cpu_tlbstate.loaded_mm);
	/* No other CPU uses it, so a change of its entries needs no remote flush. */
	shared_rmw(SITE_MASK, mm_cpumask(temp_mm),
		   cpumask_clear_cpu((unsigned int)raw_smp_processor_id(), PTR));
	switch_mm_irqs_off(NULL, prev_mm, current);
	local_irq_restore(flags);
}
