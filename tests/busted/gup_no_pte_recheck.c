/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gup_no_pte_recheck: GUP-fast grabs a page and does not look at the PTE again.
 *
 *	CPU0 walker			CPU1 munmap
 *	pte = read PTE
 *					clear PTE; NMI flush returns; free the page
 *					(someone else allocates it)
 *	grab it: a stranger's page
 */
#include <tests/busted_case.h>

BUSTED_CASE(gup_no_pte_recheck, "gup_no_pte_recheck",
	    "flush=invlpgb-nmi policy=broadcast ops=zap oracles=pins");
