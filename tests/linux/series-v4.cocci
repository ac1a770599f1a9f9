// SPDX-License-Identifier: GPL-2.0
// The series, the targeted wait of v4: GUP-fast says which mm it walks; the sync interrupts the CPUs
// that walk the mm of the flush, and no others. model_walk() tells the oracle walks that the walk is
// over: interrupts are still off then.
// Files: mm/mmu_gather.c mm/gup.c mm/khugepaged.c include/asm-generic/tlb.h
// Red: linux_unshare_three_vs_gup.invlpgb.broadcast+hw walks
// Never: linux_khugepaged_vs_gup.invlpgb.broadcast+hw
// Never: linux_unshare_vs_gup.invlpgb.broadcast+hw
// Never: linux_unshare_vs_gup.invlpgb.broadcast+tso+hw
// Never: linux_unshare_three_vs_gup.ipi.broadcast

@ walker @
expression start, end, flags, pages, nr;
@@
gup_fast(...)
{
<...
+ this_cpu_write(active_lockless_pt_walk_mm, current->mm);
+ smp_mb();
gup_fast_pgd_range(start, end, flags, pages, nr);
+ model_walk(0, 0, 0);
+ this_cpu_write(active_lockless_pt_walk_mm, NULL);
...>
}

@@
identifier start, end, flags, pages;
@@
+ DECLARE_PER_CPU(struct mm_struct *, active_lockless_pt_walk_mm);
+ void model_walk(unsigned long mm, unsigned long addr, unsigned long pages);
+
static unsigned long gup_fast(unsigned long start, unsigned long end, unsigned int flags,
	struct page **pages)
{
...
}

@@
typedef bool;
@@
+ DEFINE_PER_CPU(struct mm_struct *, active_lockless_pt_walk_mm);
+
+ static bool walks_mm(int cpu, void *mm)
+ {
+	return READ_ONCE(per_cpu(active_lockless_pt_walk_mm, cpu)) == mm;
+ }
+
+ void tlb_remove_table_sync_mm(struct mm_struct *mm)
+ {
+	smp_rmb();
+	on_each_cpu_cond(walks_mm, tlb_remove_table_smp_sync, mm, true);
+ }
+
void tlb_remove_table_sync_one(void)
{
	smp_call_function(...);
}

@@
identifier mm;
@@
collapse_huge_page(struct mm_struct *mm, ...)
{
<...
- tlb_remove_table_sync_one();
+ tlb_remove_table_sync_mm(mm);
...>
}

@@
@@
+ void tlb_remove_table_sync_mm(struct mm_struct *mm);
+
static inline void tlb_flush_unshared_tables(struct mmu_gather *tlb)
{
<...
- tlb_remove_table_sync_one();
+ tlb_remove_table_sync_mm(tlb->mm);
...>
}
