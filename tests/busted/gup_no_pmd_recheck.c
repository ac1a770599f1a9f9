/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gup_no_pmd_recheck: GUP-fast grabs a page and does not look at the PMD again
 * (70cbc3cc78a9). It matters where no flush and no sync waits for walkers: the policy here is rcu.
 *
 *	CPU0 walker			CPU1 collapse
 *	pmd = read PMD, pte = read PTE
 *					clear PMD; NMI flush returns
 *					no page is referenced: isolate, copy
 *	grab the old page
 *	(the PMD is gone: not seen)
 *	store to a page that has been copied away
 */
#include <tests/busted_case.h>

BUSTED_CASE(gup_no_pmd_recheck, "gup_no_pmd_recheck",
	    "flush=invlpgb-nmi policy=rcu ops=collapse oracles=pins");
