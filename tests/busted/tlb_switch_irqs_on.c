/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tlb_switch_irqs_on: a switch of address spaces takes interrupts before it writes CR3.
 *
 *	CPU0 switch A to B		CPU1 flush of A
 *	loaded_mm = SWITCHING
 *					CPU0 is switching: interrupt it
 *	handler: whose mm is SWITCHING?
 */
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <mm/busted.h>
#include <asm/percpu.h>

DEFINE_BUSTED(tlb_switch_irqs_on, "a switch of address spaces takes interrupts in the middle");

bool busted_hook_tlb_switch_irqs_on(struct mm_struct **loaded_mm)
{
	local_irq_enable();
	sync_point(SITE_LOADED, SYNC_READ, this_cpu_ptr(loaded_mm));
	local_irq_disable();
	return false;
}
