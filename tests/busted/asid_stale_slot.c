/* SPDX-License-Identifier: GPL-2.0 */
/*
 * asid_stale_slot: a CPU comes back to an mm under the dynamic ASID that it left it with, behind
 * with its flushes, and keeps what is there.
 *
 *	CPU0					CPU1
 *						switch from A to B; keeps A, ASID 0
 *	withdraw a table of A; flush:
 *	   CPU1 runs B, is not interrupted
 *	free or deposit the table
 *						switch to A: CR3 with NOFLUSH
 *						(walker: cached way into the table)
 *
 * The emulators' TLBs know no ASIDs; the shadow of what would be kept under which does.
 */
#include <tests/busted_case.h>

BUSTED_CASE(asid_stale_slot, "asid_stale_slot", "flush=ipi policy=broadcast oracles=tlbshadow");
