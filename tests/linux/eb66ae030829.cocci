// SPDX-License-Identifier: GPL-2.0
// Undoes eb66ae030829: mremap() flushes the old address after it has unlocked the page tables.
// Files: mm/mremap.c
// Red: linux_move_vs_truncate.ipi.broadcast hardware
// Red: linux_move_vs_truncate.invlpgb.broadcast+hw hardware
// Never: linux_move_vs_load.ipi.broadcast

@@
@@
move_ptes(...)
{
<...
- if (force_flush)
-	flush_tlb_range(vma, old_end - len, old_end);
...
  pte_unmap_unlock(old_ptep - 1, old_ptl);
+ if (force_flush)
+	flush_tlb_range(vma, old_end - len, old_end);
...>
}
