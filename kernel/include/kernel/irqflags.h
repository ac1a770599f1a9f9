/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_IRQFLAGS_H
#define KERNEL_IRQFLAGS_H

#include <kernel/config.h>
#include <asm/insn.h>

/* Interrupt enabling on this CPU; Linux's contracts. Each is a compiler barrier. */
#define local_irq_disable() insn_cli()
#define local_irq_enable()  insn_sti()
#define irqs_disabled()	    (!(insn_save_flags() & X86_EFLAGS_IF))
#define local_irq_save(flags)                \
	do {                                 \
		(flags) = insn_save_flags(); \
		insn_cli();                  \
	} while (0)
#define local_irq_restore(flags)           \
	do {                               \
		if ((flags)&X86_EFLAGS_IF) \
			insn_sti();        \
	} while (0)

/* What @cond reads is no access of the kernel: machine_looks() of <asm/insn.h>. */
void __lockdep_assert(bool ok, const char *what, const char *file, int line);
#define lockdep_assert(cond)                                                  \
	do {                                                                  \
		if (CONFIG_LOCKDEP) {                                         \
			bool __holds;                                         \
                                                                              \
			machine_looks(true);                                  \
			__holds = (cond);                                     \
			machine_looks(false);                                 \
			__lockdep_assert(__holds, #cond, __FILE__, __LINE__); \
		}                                                             \
	} while (0)
#define lockdep_assert_irqs_disabled() lockdep_assert(irqs_disabled())
#define lockdep_assert_irqs_enabled()  lockdep_assert(!irqs_disabled())

#endif
