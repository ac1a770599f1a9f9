// SPDX-License-Identifier: GPL-2.0
// A partial flush also where a full one for an older generation is still due.
// Files: arch/x86/mm/tlb.c
// Red: linux_zap_vs_neighbour.ipi.broadcast hardware
// Never: linux_zap_vs_load.ipi.broadcast

@@
expression a;
@@
flush_tlb_func(...)
{
<...
- a && f->new_tlb_gen == local_tlb_gen + 1 && f->new_tlb_gen == mm_tlb_gen
+ a
...>
}
