/* SPDX-License-Identifier: GPL-2.0 */
/* The walker that runs in NMI. What it is and what it is not stands in <mm/perf_walk.h>. */
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/tlbflush.h>
#include <mm/mm.h>
#include <mm/perf_walk.h>
#include <mm/pt_walk.h>

bool perf_walk_loaded_only __read_mostly;

static int set_perf(const char *value)
{
	if (strcmp(value, "current") && strcmp(value, "loaded"))
		return -EINVAL;
	perf_walk_loaded_only = !strcmp(value, "loaded");
	return 0;
}
PARAM(perf,
      "which mm an NMI walks: current, whatever is loaded (Linux, default), or only a loaded one",
      set_perf);

/* Not RAM: garbage from a table that is none any more. The oracles have seen it. */
static bool leads_to_table(unsigned long entry)
{
	return entry & _PAGE_PRESENT && pfn_valid(entry_pfn(entry));
}

static u64 perf_get_pgtable_size(struct mm_struct *mm, unsigned long addr)
{
	pgd_t pgd = pgdp_get(pgd_offset(mm, addr));
	pud_t pud;
	pmd_t pmd;

	if (!leads_to_table(pgd_val(pgd)))
		return 0;
	pud = pudp_get(pud_offset_lockless(pgd, addr));
	if (!leads_to_table(pud_val(pud)))
		return 0;
	pmd = pmdp_get_lockless(pmd_offset_lockless(pud, addr));
	if (pmd_leaf(pmd))
		return PMD_SIZE;
	if (!leads_to_table(pmd_val(pmd)))
		return 0;
	return pte_present(ptep_get_lockless(pte_offset_lockless(pmd, addr))) ? PAGE_SIZE : 0;
}

/* Then this CPU is in mm_cpumask(mm), and no flush of the mm passes over it. IRQs off. */
static bool loaded_here(const struct mm_struct *mm)
{
	int cpu = raw_smp_processor_id();

	return tlb_cpu_loaded_mm(cpu) == mm && !tlb_cpu_lazy(cpu);
}

u64 perf_get_page_size(unsigned long addr)
{
	struct pt_walk_state s;
	struct mm_struct *mm;
	unsigned long flags;
	u64 size = 0;

	if (!addr)
		return 0;
	local_irq_save(flags);
	mm = current->mm ?: &init_mm;
	/* The kernel's tables are never withdrawn. */
	if (!READ_ONCE(perf_walk_loaded_only) || mm == &init_mm || loaded_here(mm)) {
		s = pt_walk_lockless_start(mm, addr, 1);
		observe(PERF_WALK, addr, in_nmi() != 0, loaded_here(mm));
		size = perf_get_pgtable_size(mm, addr);
		pt_walk_lockless_end(mm, s, 0);
	}
	local_irq_restore(flags);
	return size;
}
