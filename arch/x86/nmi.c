/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NMI: <kernel/nmi.h>. No preemption on the way out: the interrupted code may hold
 * anything, and its own interrupt return or preempt_enable() will see need_resched.
 */
#include "traps.h"
#include <kernel/drive.h>
#include <kernel/nmi.h>
#include <kernel/preempt.h>
#include <asm/ptrace.h>
#include <asm/smp.h>

_Static_assert(NMI_VECTOR == TRAP_NMI, "two names of one vector");

void nmi_handle(struct pt_regs *regs)
{
	bool irqs_on = regs->flags & X86_EFLAGS_IF;

	if (driven())
		drive->taken(TRAP_NMI);
	this_cpu_add(__preempt_count, NMI_OFFSET);
	irq_account(TRAP_NMI);
	linkset_for_each (nmi_handler, h)
		h->fn(regs, irqs_on);
	this_cpu_add(__preempt_count, -NMI_OFFSET);
}
