/* SPDX-License-Identifier: GPL-2.0 */
/*
 * early-free: the waits are Linux's, but tables that are freed are freed at once, without
 * a grace period: the flush has to do for both. On the IPI backend it does for everything
 * that is flushed before it is freed; where a flush does not wait the oracles must say so.
 */
#include <mm/pt_sync.h>
#include <tests/busted_case.h>

static bool early_free_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return false;
}

static void early_free_defer(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	func(head);
}

static const struct pt_sync_policy early_free = {
	.name = "early-free",
	.help = "busted: tables are freed without a grace period",
	.sound_on = SOUND_ON_ALL,
	.covers = early_free_covers,
	.wait = pt_sync_wait_all,
	.defer = early_free_defer,
};
PT_SYNC_POLICY(early_free);

/*
 *	CPU0 walker			CPU1 munmap
 *	pmd = read PMD
 *					clear PMD; NMI flush returns; free the PTE table
 *	pte = read PTE			<- the tripwire, or another table's entry
 */
BUSTED_CASE(early_free_poison, "early-free", "flush=invlpgb-nmi ops=zap oracles=poison");
BUSTED_CASE(early_free_gentag, "early-free", "flush=invlpgb-nmi ops=zap oracles=gentag");
