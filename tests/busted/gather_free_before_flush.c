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
#include <tests/busted_case.h>

BUSTED_CASE(gather_free_before_flush, "gather_free_before_flush",
	    "flush=ipi policy=broadcast ops=zap oracles=canary");
