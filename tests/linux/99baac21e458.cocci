// SPDX-License-Identifier: GPL-2.0
// Undoes 99baac21e458: a gather that found nothing does not flush for another one under way.
// Files: mm/mmu_gather.c
// Red: linux_zap_vs_zap.ipi.broadcast scenario
// Red: linux_zap_vs_zap.invlpgb.broadcast+hw scenario
// Never: linux_zap_vs_neighbour.ipi.broadcast

@@
@@
tlb_finish_mmu(...)
{
<...
- mm_tlb_flush_nested(tlb->mm)
+ false
...>
}
