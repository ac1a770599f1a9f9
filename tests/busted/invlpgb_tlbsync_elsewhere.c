/* SPDX-License-Identifier: GPL-2.0 */
/*
 * invlpgb_tlbsync_elsewhere: the other CPUs execute TLBSYNC. It waits for what its own CPU has
 * broadcast, and they have broadcast nothing.
 *
 *	CPU0 thread of the mm		CPU1 munmap
 *	load (the TLB keeps it)
 *					clear PTE; INVLPGB (under way)
 *	TLBSYNC: waits for nothing
 *					free the page
 *	load: a freed page
 *	(INVLPGB completes)
 */
#include <kernel/smp.h>
#include <mm/busted.h>

DEFINE_BUSTED(invlpgb_tlbsync_elsewhere, "another CPU than that of INVLPGB executes TLBSYNC");

static void tlbsync_here(void *tlbsync)
{
	((void (*)(void))tlbsync)();
}

bool busted_hook_invlpgb_tlbsync_elsewhere(void (*tlbsync)(void))
{
	smp_call_function(tlbsync_here, tlbsync, true);
	return true;
}
