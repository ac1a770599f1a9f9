// SPDX-License-Identifier: GPL-2.0
// Undoes 0ed1325967ab: tables go to RCU before the TLB is flushed.
// Files: mm/mmu_gather.c
// Red: linux_nomem_vs_fill.ipi.broadcast+fill hardware
// Red: linux_nomem_vs_fill.invlpgb.broadcast+hw+fill hardware

@@
expression tlb;
@@
- tlb_table_invalidate(tlb);
