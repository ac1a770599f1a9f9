/* SPDX-License-Identifier: GPL-2.0 */
/*
 * never: what remains if the second IPI is taken out and nothing is put in its place.
 * Right on a backend whose flush waits for walkers; on any other the oracles must say so.
 */
#include <mm/pt_sync.h>
#include <tests/busted_case.h>

static bool never_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return true;
}

static unsigned int never_wait(const struct pt_withdrawal *w)
{
	return 0;
}

static const struct pt_sync_policy never = {
	.name = "never",
	.help = "busted: no wait, whatever the flush did",
	.sound_on = FLUSH_WAITS_ALWAYS,
	.covers = never_covers,
	.wait = never_wait,
	.defer = call_rcu,
};
PT_SYNC_POLICY(never);

/*
 *	CPU0 walker in A		CPU1 A unmaps, then P
 *	pud = read PUD
 *					clear PUD; NMI flush returns; no wait
 *					P, the last owner, changes the table as its own
 *	pmd = read PMD
 */
BUSTED_CASE(never, "never", "flush=invlpgb-nmi ops=unshare oracles=walks");
