/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tlb_trim_remote: a flush takes CPUs that have left the mm out of its mask itself. In Linux each
 * CPU leaves the mask itself, in the handler.
 *
 *	CPU0 flush of A			CPU1 switch B to A
 *	CPU1 has B loaded
 *					enter A's mask: the bit is set; load A
 *	clear CPU1's bit
 *	(the next flush of A passes CPU1 over)
 */
#include <kernel/shared.h>
#include <mm/busted.h>
#include <mm/mm_types.h>
#include <asm/percpu.h>
#include <asm/tlbflush.h>

DEFINE_BUSTED(tlb_trim_remote, "a flush takes CPUs that have left the mm out of its mask itself");

bool busted_hook_tlb_trim_remote(struct mm_struct *mm, struct mm_struct **loaded_mm)
{
	unsigned int other;

	for_each_cpu (other, mm_cpumask(mm)) {
		if (shared_read(SITE_LOADED, per_cpu_ptr(loaded_mm, other)) == mm)
			continue;
		shared_rmw(SITE_MASK, mm_cpumask(mm), cpumask_clear_cpu(other, PTR));
	}
	return false;
}
