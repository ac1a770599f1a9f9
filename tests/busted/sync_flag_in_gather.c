/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flag-in-gather: the upstream series v3. A flush that waited sets a flag in its gather; the
 * sync that ends the gather is left out if it is set. The flag speaks of the last flush of
 * this gather, so of this mm's walkers. The table may have others.
 *
 *	CPU0 walker in A1		CPU1 A1 unmaps, A2 unmaps, then P
 *	pud = read PUD
 *					A1: clear PUD; its flush does not wait
 *					    two sharers are left: no sync
 *					A2: clear PUD; its flush waits: the flag is set
 *					    no sync
 *					P, the last owner, changes the table as its own
 *	pmd = read PMD
 *
 * So it takes a backend of which some flushes wait and some do not. Every backend is one:
 * a flush that has no other CPU to reach leaves no walker to wait for.
 */
#include <mm/pt_sync.h>
#include <tests/busted_case.h>

static bool flag_in_gather_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return r->waited;
}

static const struct pt_sync_policy flag_in_gather = {
	.name = "flag-in-gather",
	.help = "busted: no sync if this gather's own flush waited, forget earlier sharers: series v3",
	.sound_on = FLUSH_WAITS_ALWAYS,
	.covers = flag_in_gather_covers,
	.wait = pt_sync_wait_all,
	.defer = call_rcu,
};
PT_SYNC_POLICY(flag_in_gather);

BUSTED_CASE(flag_in_gather_mixed, "flag-in-gather",
	    "flush=sometimes-ipi ops=unshare oracles=walks");
/* CPUs leave the mask when they switch away, so that A2 is often alone. */
BUSTED_CASE(flag_in_gather_alone, "flag-in-gather",
	    "flush=invlpgb-nmi mask=eager ops=unshare oracles=walks");
