/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tlb_no_remote: a flush that flushes only its own CPU.
 *
 *	CPU0 thread of the mm		CPU1 munmap
 *	load (the TLB keeps it)
 *					clear PTE; flush here; free the page
 *	load: through the old entry, what the page is now
 */
#include <tests/busted_case.h>

BUSTED_CASE(tlb_no_remote, "tlb_no_remote",
	    "flush=ipi policy=broadcast ops=zap,mprotect oracles=canary");
