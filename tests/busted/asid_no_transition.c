/* SPDX-License-Identifier: GPL-2.0 */
/*
 * asid_no_transition: an mm gets a global ASID, and CPUs that still run it on a dynamic one
 * are not told: broadcasts name the global one only.
 *
 *	CPU0 thread of the mm		CPU1
 *	loaded with dynamic ASID 3
 *					use_global_asid(): global ASID 17
 *					clear PTE; broadcast: forget ASID 17
 *	uses its entry of ASID 3
 *
 * The emulators' TLBs know no ASIDs; the oracle's shadow of which CPU runs which mm under which ASID does.
 */
#include <tests/busted_case.h>

BUSTED_CASE(asid_no_transition, "asid_no_transition",
	    "flush=invlpgb-nmi asid=sampled,1,1 policy=broadcast oracles=asid");
