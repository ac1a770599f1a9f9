/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gather_free_before_flush: mmu_gather drops pages first and flushes afterwards.
 *
 *	CPU0 thread of the mm		CPU1 munmap
 *	load (the TLB keeps it)
 *					clear PTE; free the page
 *	load: a freed page
 *					flush
 */
#include <mm/busted.h>
#include <mm/tlb.h>
#include <tests/busted_case.h>

DEFINE_BUSTED(gather_free_before_flush, "mmu_gather drops pages before it flushes");

bool busted_hook_gather_free_before_flush(struct mmu_gather *tlb,
					  void (*free_pages)(struct mmu_gather *tlb))
{
	tlb_flush_rmaps(tlb);
	free_pages(tlb);
	return false;
}

BUSTED_CASE(gather_free_before_flush, "gather_free_before_flush",
	    "flush=ipi policy=broadcast ops=zap oracles=canary");
