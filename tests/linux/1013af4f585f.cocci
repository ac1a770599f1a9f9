// SPDX-License-Identifier: GPL-2.0
// Undoes 1013af4f585f: the last sharer of a PMD table does not wait for GUP-fast.
// Files: include/asm-generic/tlb.h
// Red: linux_unshare_vs_gup.invlpgb.broadcast+hw walks
// Red: linux_unshare_three_vs_gup.invlpgb.broadcast+hw walks
// Never: linux_unshare_vs_gup.ipi.broadcast
// Never: linux_unshare_three_vs_gup.ipi.broadcast

@@
@@
tlb_flush_unshared_tables(...)
{
<...
- tlb_remove_table_sync_one();
...>
}
