// SPDX-License-Identifier: GPL-2.0
// Undoes 2ba99c5e0881: collapse_huge_page() does not wait for GUP-fast.
// Files: mm/khugepaged.c
// Red: linux_khugepaged_vs_gup.invlpgb.broadcast+hw walks
// Never: linux_khugepaged_vs_gup.ipi.broadcast
// Never: linux_khugepaged_vs_pin.invlpgb.broadcast+hw

@@
@@
collapse_huge_page(...)
{
<...
- tlb_remove_table_sync_one();
...>
}
