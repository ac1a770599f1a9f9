/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ipi: the native flush. Each CPU that may hold something takes an interrupt and flushes
 * itself; the caller waits for all of them.
 *
 * The claim is about walkers that run with interrupts off on a CPU that has the mm loaded,
 * not lazily, and so is in the mask: GUP-fast always does. Both branches interrupt every such
 * CPU, and its handler cannot run before the walk ends. So on return no such walk is under
 * way that began before the call, whatever freed_tables is.
 *
 * It is not about an NMI that walks current->mm with something else loaded
 * (<mm/perf_walk.h>): should_flush_tlb() passes over that CPU, and flush_tlb_func(), in an
 * earlier flush, may have taken it out of the mask. tests/unit/mm_perf_covered.c has where.
 *
 * Source: Linux native_flush_tlb_multi().
 */
#include <kernel/smp.h>
#include <asm/asid.h>
#include <asm/tlbflush.h>

struct flush_claim native_flush_tlb_multi(const struct cpumask *mask,
					  const struct flush_tlb_info *info)
{
	struct flush_claim claim = {.waited = true};

	/*
	 * Tables are about to be freed: lazy CPUs too, for their page-table walker may still
	 * follow cached upper-level entries into one. Else they catch up when they wake. On the
	 * way to a global ASID all as well: the flusher looks for CPUs that have the mm loaded
	 * under another one, lazily or not.
	 */
	if (info->freed_tables || (info->mm && mm_in_asid_transition(info->mm)))
		claim.interrupted = on_each_cpu_mask(mask, flush_tlb_func, (void *)info, true);
	else
		claim.interrupted = on_each_cpu_cond_mask(should_flush_tlb, flush_tlb_func,
							  (void *)info, true, mask);
	return claim;
}

static const struct flush_backend ipi = {
	.name = "ipi",
	.help = "interrupt the CPUs in mm_cpumask and wait (Linux native_flush_tlb_multi)",
	.waits = FLUSH_WAITS_ALWAYS,
	.native_ipi = true,
	.flush_multi = native_flush_tlb_multi,
};
FLUSH_BACKEND(ipi);
