// SPDX-License-Identifier: GPL-2.0
// The series, what v10 does on bare metal: both syncs return at once without INVLPGB (v10 finds that
// out at boot, for a static key); flush_tlb_info says wake_lazy_cpus, for freed and for unshared tables.
// Files: mm/mmu_gather.c arch/x86/include/asm/tlb.h arch/x86/include/asm/tlbflush.h arch/x86/mm/tlb.c
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
identifier f =~ "^tlb_remove_table_sync_(one|rcu)$";
@@
void f(void)
{
+ if (tlb_flush_is_ipi())
+	return;
...
}

@@
typedef bool;
@@
+ static inline bool tlb_flush_is_ipi(void)
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

@@
typedef u8;
@@
struct flush_tlb_info {
...
- u8 freed_tables;
+ u8 wake_lazy_cpus;
...
};

@@
@@
- info->freed_tables
+ info->wake_lazy_cpus
