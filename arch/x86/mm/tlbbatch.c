/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One flush for pages that were unmapped from several mms: reclaim. See <asm/tlbbatch.h>.
 * Source: Linux arch_tlbbatch_add_pending(), arch_tlbbatch_flush().
 */
#include <kernel/busted.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <asm/tlbbatch.h>
#include <asm/tlbflush.h>
#include <mm/mm_types.h>

DEFINE_BUSTED(tlbbatch_no_gen, "reclaim unmaps a page and does not raise tlb_gen");
DEFINE_BUSTED(tlbbatch_no_flush, "reclaim frees pages before the flush of its batch");

void arch_tlbbatch_add_pending(struct arch_tlbflush_unmap_batch *batch, struct mm_struct *mm)
{
	if (!busted(tlbbatch_no_gen))
		shared_rmw(SITE_GEN, &mm->context.tlb_gen, atomic64_inc(PTR));
	/* After tlb_gen is raised, as in flush_tlb_mm_range(): arch/x86/mm/tlb.c, [F]. */
	smp_mb__after_atomic();
	shared_op(SITE_MASK, SYNC_READ, mm_cpumask(mm),
		  cpumask_or(&batch->cpumask, &batch->cpumask, PTR));
}

void arch_tlbbatch_flush(struct arch_tlbflush_unmap_batch *batch)
{
	const struct flush_broadcast *broadcast = flush_backend()->broadcast;
	unsigned int cpu = (unsigned int)get_cpu();
	/* No mm: each CPU catches up with the one that it has loaded. */
	struct flush_tlb_info info = {.end = TLB_FLUSH_ALL, .initiating_cpu = (int)cpu};

	if (busted(tlbbatch_no_flush) || cpumask_empty(&batch->cpumask))
		;
	else if (broadcast)
		broadcast->flush_all();
	else if (cpumask_any_but(&batch->cpumask, cpu) < nr_cpu_ids)
		flush_backend()->flush_multi(&batch->cpumask, &info);
	else
		tlb_flush_local(&info);
	cpumask_clear(&batch->cpumask);
	put_cpu();
}
