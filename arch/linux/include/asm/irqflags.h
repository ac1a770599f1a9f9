/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_IRQFLAGS_H
#define SHIM_IRQFLAGS_H

/* CLI, STI and the IF flag of the modelled CPU. */
#include <asm/processor-flags.h>

#ifndef __ASSEMBLER__
#include <asm/nospec-branch.h>
#include <seam.h>

static __always_inline unsigned long native_save_fl(void)
{
	return model_flags();
}

static __always_inline void native_irq_disable(void)
{
	model_cli();
}

static __always_inline void native_irq_enable(void)
{
	model_sti();
}

static __always_inline void native_safe_halt(void)
{
	model_no_stub("native_safe_halt");
}

static __always_inline void native_halt(void)
{
	model_no_stub("native_halt");
}

static __always_inline int arch_irqs_disabled_flags(unsigned long flags)
{
	return !(flags & X86_EFLAGS_IF);
}

static __always_inline int arch_irqs_disabled(void)
{
	return arch_irqs_disabled_flags(model_flags());
}

static __always_inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = model_flags();

	model_cli();
	return flags;
}

static __always_inline void arch_local_irq_restore(unsigned long flags)
{
	if (!arch_irqs_disabled_flags(flags))
		model_sti();
}

#define arch_local_save_flags  native_save_fl
#define arch_local_irq_disable native_irq_disable
#define arch_local_irq_enable  native_irq_enable

#endif
#endif
