// SPDX-License-Identifier: GPL-2.0
// The flush and the sync of an unshare come after i_mmap_rwsem has been released.
// Files: mm/hugetlb.c
// Red: linux_unshare_vs_owner.ipi.broadcast+fill hardware
// Red: linux_unshare_vs_owner_and_gup.invlpgb.broadcast+hw walks
// Never: linux_unshare_vs_gup.invlpgb.broadcast+hw

@@
expression a, b;
statement S;
@@
hugetlb_unshare_pmds(...)
{
<...
- huge_pmd_unshare_flush(a, b);
  S
+ tlb_flush_unshared_tables(a);
  mmu_notifier_invalidate_range_end(...);
...>
}
