// SPDX-License-Identifier: GPL-2.0
// The flush comes before the entry is cleared, not after: the sync after it is what waits for walkers.
// Files: mm/pgtable-generic.c
// Red: linux_collapse_vs_gup.ipi.never walks
// Never: linux_collapse_vs_gup.ipi.broadcast
// Never: linux_khugepaged_vs_gup.ipi.broadcast

@@
expression vma, start, end;
identifier pmd, pmdp;
@@
pmdp_collapse_flush(...)
{
<...
+ flush_tlb_range(vma, start, end);
 pmd = pmdp_huge_get_and_clear(vma->vm_mm, start, pmdp);
- flush_tlb_range(vma, start, end);
...>
}
