// SPDX-License-Identifier: GPL-2.0
// pte_offset_map_lock() does not look whether the table has gone when it has the lock.
// Files: mm/pgtable-generic.c
// Red: linux_reclaim_vs_fault.ipi.broadcast frames
// Red: linux_reclaim_vs_fault.invlpgb.broadcast+hw frames
// Never: linux_free_vs_gup.ipi.broadcast

@@
expression a, b;
@@
- likely(pmd_same(a, b))
+ true
