/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Temporary mms: another address space for a moment, with current->mm as it was. Linux
 * pokes text through one (interrupts off) and calls EFI in one (interrupts on).
 *
 * What current->mm loses meanwhile. Its bit in mm_cpumask() stays set at first, but it is
 * not loaded: a flush that frees no table passes over this CPU (should_flush_tlb()), and
 * the first one that does not, if interrupts are on, takes the bit away (flush_tlb_func()).
 * No code of this task walks its tables then; an NMI may.
 */
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/sched.h>
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
	/* What is loaded lazily may be behind, and would come back as if it were not lazy. */
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
	/* Nobody else uses it: whoever takes its mappings out needs to flush nowhere else. */
	sync_point(SITE_MASK, SYNC_RMW, mm_cpumask(temp_mm));
	cpumask_clear_cpu((unsigned int)raw_smp_processor_id(), mm_cpumask(temp_mm));
	switch_mm_irqs_off(NULL, prev_mm, current);
	local_irq_restore(flags);
}
