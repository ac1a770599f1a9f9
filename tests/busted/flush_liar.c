/* SPDX-License-Identifier: GPL-2.0 */
/*
 * liar: a backend that says its flush has waited for walkers, and flushes by NMI. What is
 * built on receipts is as good as the claims; this is why those are put to the test
 * (tests/unit/mm_claims.c).
 *
 *	CPU0 walker in A		CPU1 A unmaps, then P
 *	pud = read PUD
 *					clear PUD; NMI flush returns: "waited"
 *					receipt: no sync
 *					P, the last owner, changes the table as its own
 *	pmd = read PMD
 */
#include <asm/tlbflush.h>
#include <tests/busted_case.h>

static struct flush_claim liar_flush_tlb_multi(const struct cpumask *mask,
					       const struct flush_tlb_info *info)
{
	struct flush_claim claim = nmi_flush_tlb_multi(mask, info);

	claim.waited = true;
	return claim;
}

static const struct flush_backend liar = {
	.name = "liar",
	.help = "busted: flushes by NMI and says that it waited for walkers",
	.waits = FLUSH_WAITS_ALWAYS,
	.flush_multi = liar_flush_tlb_multi,
};
FLUSH_BACKEND(liar);

BUSTED_CASE(flush_liar, "liar", "policy=receipt ops=unshare oracles=walks");
