// SPDX-License-Identifier: GPL-2.0
// A lazy CPU that comes back reads tlb_gen without a barrier before.
// Files: arch/x86/mm/tlb.c
// Red: linux_lazy_vs_zap.ipi.broadcast+tso hardware
// Never: linux_lazy_vs_zap.ipi.broadcast

@@
expression gen, mm;
@@
switch_mm_irqs_off(...)
{
<...
 if (!was_lazy)
	return;
- smp_mb();
+ barrier();
 gen = atomic64_read(&mm->context.tlb_gen);
...>
}
