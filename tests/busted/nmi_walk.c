/* SPDX-License-Identifier: GPL-2.0 */
/*
 * never, with walks in NMIs and no others: the walker that only the second level of the
 * oracles' shadows sees. perf=loaded, so that it is the policy that is busted: where the mm
 * is not loaded other policies are as well (tests/CAVEATS.md).
 *
 *	CPU0 NMI in a thread of A	CPU1 A unmaps, then P
 *	pud = read PUD
 *					clear PUD; flush by NMI returns; no wait
 *					P, the last owner, changes the table as its own
 *	pmd = read PMD
 */
#include <tests/busted_case.h>

BUSTED_CASE(never_nmi_walk, "never",
	    "flush=invlpgb-nmi ops=unshare gup=0 nmi=1 perf=loaded oracles=walks");
