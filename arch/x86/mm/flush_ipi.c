/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ipi: the native flush. Each CPU that may hold something takes an interrupt and flushes
 * itself; the caller waits for all of them.
 *
 * The claim. A lock-free walker of the mm runs with interrupts off on a CPU that has the
 * mm loaded, not lazily, and so is in the mask. Both branches interrupt every such CPU,
 * and its handler cannot run before the walk ends. So on return no walk is under way that
 * began before the call, whatever freed_tables said.
 *
 * Source: Linux native_flush_tlb_multi().
 */
#include <kernel/smp.h>
#include <asm/tlbflush.h>

struct flush_claim native_flush_tlb_multi(const struct cpumask *mask,
					  const struct flush_tlb_info *info)
{
	struct flush_claim claim = {.waited = true};

	/*
	 * Tables are about to be freed: lazy CPUs too, for their page-table walker may still
	 * follow cached upper-level entries into one. Else they catch up when they wake.
	 */
	if (info->freed_tables)
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
