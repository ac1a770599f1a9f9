// SPDX-License-Identifier: GPL-2.0
// Undoes what became of 2ba99c5e0881 where a file's PTE table is freed: pte_free_defer().
// Files: mm/khugepaged.c
// Red: linux_retract_vs_gup.invlpgb.broadcast+hw walks
// Never: linux_retract_vs_gup.ipi.broadcast

@@
expression mm, table;
@@
- pte_free_defer(mm, table)
+ pte_free(mm, table)
