// SPDX-License-Identifier: GPL-2.0
// The flush on the own CPU alone runs with interrupts on.
// Files: arch/x86/mm/tlb.c
// Red: linux_enter_vs_zap.ipi.broadcast linux
// Never: linux_zap_vs_load.ipi.broadcast

@@
@@
flush_tlb_mm_range(...)
{
<...
- local_irq_disable();
  flush_tlb_func(...);
- local_irq_enable();
...>
}
