// SPDX-License-Identifier: GPL-2.0
// The series "skip redundant TLB sync IPIs", what v2 does on bare metal: the sync returns at once if
// a flush is IPIs always, which is so without INVLPGB; and a flush for unshared tables reaches lazy
// CPUs, as one for freed tables does.
// Files: mm/mmu_gather.c arch/x86/include/asm/tlb.h
// Never: linux_collapse_vs_gup.ipi.broadcast
// Never: linux_khugepaged_vs_gup.ipi.broadcast
// Never: linux_khugepaged_vs_gup.invlpgb.broadcast+hw
// Never: linux_unshare_vs_gup.ipi.broadcast
// Never: linux_unshare_vs_gup.ipi.broadcast+tso
// Never: linux_unshare_vs_gup.invlpgb.broadcast+hw
// Never: linux_unshare_three_vs_gup.ipi.broadcast
// Never: linux_unshare_three_vs_gup.invlpgb.broadcast+hw
// Never: linux_lazy_vs_unshare.ipi.broadcast+fill

@@
@@
void tlb_remove_table_sync_one(void)
{
+ if (tlb_table_flush_implies_ipi_broadcast())
+	return;
...
}

@@
typedef bool;
@@
+ static inline bool tlb_table_flush_implies_ipi_broadcast(void)
+ {
+	return !cpu_feature_enabled(X86_FEATURE_INVLPGB);
+ }
+
static inline void tlb_flush(struct mmu_gather *tlb)
{
...
}

@@
expression tlb;
@@
flush_tlb_mm_range(...,
- tlb->freed_tables
+ tlb->freed_tables || tlb->unshared_tables
 )
