// SPDX-License-Identifier: GPL-2.0
// The generation of the mm is raised after its CPUs were chosen, not before.
// Files: arch/x86/mm/tlb.c
// Red: linux_zap_vs_neighbour.ipi.broadcast
// Never: linux_zap_vs_load.ipi.broadcast

@@
identifier g;
@@
flush_tlb_mm_range(...)
{
<...
- g = inc_mm_tlb_gen(mm);
...
  init_flush_tlb_info(...,
- g
+ atomic64_read(&mm->context.tlb_gen) + 1
  );
...
- put_cpu();
+ inc_mm_tlb_gen(mm);
+ put_cpu();
...>
}
