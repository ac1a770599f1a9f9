/* SPDX-License-Identifier: GPL-2.0 */
/*
 * implied-probe: whether flushes wait is found out by watching one, and believed of all that
 * follow: a true claim about one flush, taken for a property of the machine. Right where all
 * flushes are alike.
 *
 *	CPU0 walker			CPU1 unshare, then the last owner
 *					an earlier flush went by IPI: "flushes wait"
 *	pud = read PUD
 *					clear PUD; this flush is a hypercall
 *					"flushes wait": no sync
 *					changes the table as its own
 *	pmd = read PMD in the table
 */
#include <mm/pt_sync.h>
#include <tests/busted_case.h>

/* Set once, by the first sync whose receipt says so. (A boot has one backend, a test may
 * have several: each is believed for itself.) */
static const struct flush_backend *flushes_wait;

static bool implied_probe_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	if (r->waited && r->interrupted)
		WRITE_ONCE(flushes_wait, flush_backend());
	return READ_ONCE(flushes_wait) == flush_backend();
}

static const struct pt_sync_policy implied_probe = {
	.name = "implied-probe",
	.help = "busted: once a flush has waited, all are taken to wait",
	.sound_on = FLUSH_WAITS_ALWAYS | FLUSH_WAITS_NEVER,
	.covers = implied_probe_covers,
	.wait = pt_sync_wait_all,
	.defer = call_rcu,
};
PT_SYNC_POLICY(implied_probe);

BUSTED_CASE(implied_probe_unshare, "implied-probe",
	    "flush=sometimes-ipi ops=unshare oracles=walks");
BUSTED_CASE(implied_probe_collapse, "implied-probe",
	    "flush=sometimes-ipi ops=collapse oracles=walks");
