// SPDX-License-Identifier: GPL-2.0
// The generation that a CPU has reached is read after its flush, not before.
// Files: arch/x86/mm/tlb.c
// Red: linux_zap_vs_neighbour.ipi.broadcast hardware
// Never: linux_zap_vs_load.ipi.broadcast

@@
@@
flush_tlb_func(...)
{
<...
- this_cpu_write(cpu_tlbstate.ctxs[loaded_mm_asid].tlb_gen, mm_tlb_gen);
+ this_cpu_write(cpu_tlbstate.ctxs[loaded_mm_asid].tlb_gen, atomic64_read(&loaded_mm->context.tlb_gen));
...>
}
