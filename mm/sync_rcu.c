/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rcu: never wait; let every table that is freed be freed by RCU, also the deposited ones.
 *
 * Assumes of the walker: an RCU read side (interrupts off is one). Protects freeing, and
 * nothing else: a table that is put back, deposited and filled by a split, or reused by its
 * last owner, is not freed, and a late walker reads it.
 */
#include <mm/pt_sync.h>

static bool rcu_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return true;
}

static unsigned int rcu_wait(const struct pt_withdrawal *w)
{
	return 0;
}

static const struct pt_sync_policy rcu = {
	.name = "rcu",
	.help = "never wait, only free by RCU: protects freeing, not reuse",
	.sound_on = FLUSH_WAITS_ALWAYS,
	.defer_deposited = true,
	.covers = rcu_covers,
	.wait = rcu_wait,
	.defer = call_rcu,
};
PT_SYNC_POLICY(rcu);
