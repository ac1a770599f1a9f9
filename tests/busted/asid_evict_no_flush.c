/* SPDX-License-Identifier: GPL-2.0 */
/*
 * asid_evict_no_flush: more mms take turns on a CPU than it has dynamic ASIDs. One that comes anew gets
 * that of another, and what is kept there for the other one with it.
 *
 *	CPU0
 *	runs A under ASID 0, then five others
 *	switch to G: ASID 0 in its turn, CR3 with NOFLUSH
 *	load in G: A's translation
 *
 * The emulators' TLBs know no ASIDs; the shadow of what would be kept under which does.
 */
#include <tests/busted_case.h>

BUSTED_CASE(asid_evict_no_flush, "asid_evict_no_flush",
	    "flush=ipi policy=broadcast oracles=tlbshadow");
