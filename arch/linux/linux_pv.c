// SPDX-License-Identifier: GPL-2.0
/* Only if configured with PARAVIRT: what a machine without a hypervisor leaves in pv_ops. */
#include "linux.h"
#include <asm/paravirt.h>
#include <asm/tlb.h>
#include <asm/tlbflush.h>

#if BEFORE_7
/* As on a machine without a hypervisor: tables are freed as pages, after the flush. */
static void remove_table(struct mmu_gather *tlb, void *table)
{
	tlb_remove_page(tlb, table);
}
#endif

struct paravirt_patch_template pv_ops = {
	.mmu =
		{
			.flush_tlb_user = native_flush_tlb_local,
			.flush_tlb_kernel = native_flush_tlb_global,
			.flush_tlb_one_user = native_flush_tlb_one_user,
			.flush_tlb_multi = native_flush_tlb_multi,
#if BEFORE_7
			.tlb_remove_table = remove_table,
#endif
		},
};
