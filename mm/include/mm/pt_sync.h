/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_PT_SYNC_H
#define MM_PT_SYNC_H

#include <kernel/linkset.h>
#include <kernel/rcu.h>
#include <mm/mm_types.h>
#include <asm/tlbflush.h>

/*
 * Waiting for lock-free walkers. The question this whole project is about.
 *
 *	1. a table is withdrawn: the entry that led to it is cleared
 *	2. the TLB is flushed; the flush returns its receipt
 *	3. pt_sync_wait(withdrawal, receipt): when it returns, no walker that began
 *	   before 1 is inside the table. How we know is the policy
 *	4. the table is freed, deposited, re-populated or reused
 *
 * A sync takes the receipt of the flush that followed *this* withdrawal. Without one
 * it does not compile; with the receipt of another mm, or of a flush that began before
 * the withdrawal, pt_receipt_covers() says no.
 */

/**
 * struct pt_withdrawal - a table that was withdrawn, and walkers may still be inside
 * @mm: from which it was withdrawn
 * @pt: the table
 * @gen: mm's tlb_gen read after the entry was cleared: only a flush that raises it
 *       further can cover this withdrawal
 * @owed: CPUs on which walkers of *other* mms may be inside it too: earlier unsharers'
 *        flushes did not wait for them. NULL: none
 */
struct pt_withdrawal {
	struct mm_struct *mm;
	struct ptdesc *pt;
	u64 gen;
	const struct cpumask *owed;
};

/* Record that @pt has just been unhooked from @mm at @addr. After the clear, before the flush. */
struct pt_withdrawal pt_withdraw(struct mm_struct *mm, struct ptdesc *pt, unsigned long addr);

/* Did the flush that gave @r begin after @w, for the same mm, and wait for its walkers? */
bool pt_receipt_covers(const struct pt_withdrawal *w, const struct flush_receipt *r);

/**
 * pt_sync_wait - no walker that began before @w is inside w->pt any more
 * @w: the withdrawal
 * @r: receipt of the flush that followed it
 *
 * Carries out the policy in use; counts into current->acct.
 *
 * Context: IRQs on, preemptible; may hold mmap_lock and i_mmap_rwsem, no spinlock.
 */
void pt_sync_wait(const struct pt_withdrawal *w, struct flush_receipt r);

/**
 * struct pt_sync_policy - how we know that no walker is still inside
 * @name: for policy=
 * @help: one line: what it assumes of the walker, what it costs
 * @sound_on: enum flush_waits of the backends on which it protects *reuse* of a table;
 *            what is expected of it, for the matrix. Freeing is protected by @defer
 * @publish_walks: walkers must say which mm they walk (<mm/pt_walk.h>)
 * @covers: may the wait be skipped for this withdrawal and receipt?
 * @may_walk: adds to @cpus all that may be inside a walk of @mm that began before the
 *            call; NULL: cannot tell, so all of them
 * @wait: the wait, if it may not be skipped. Returns the CPUs it interrupted
 * @defer_deposited: a deposited table that is dropped goes through @defer as well; Linux
 *                   frees it at once
 * @defer: have @func(@head) called once no walker can be inside the table that holds
 *         @head: what freeing rests on. Normally call_rcu
 */
struct pt_sync_policy {
	const char *name;
	const char *help;
	unsigned int sound_on;
	bool publish_walks;
	bool defer_deposited;
	bool (*covers)(const struct pt_withdrawal *w, const struct flush_receipt *r);
	void (*may_walk)(struct mm_struct *mm, struct cpumask *cpus);
	unsigned int (*wait)(const struct pt_withdrawal *w);
	void (*defer)(struct rcu_head *head, void (*func)(struct rcu_head *head));
};
LINKSET_DECLARE(pt_sync_policy, const struct pt_sync_policy);
#define PT_SYNC_POLICY(policy) LINKSET_ADD(pt_sync_policy, &(policy))

/* Of a policy that is right whatever the flush did. */
#define SOUND_ON_ALL	       (FLUSH_WAITS_NEVER | FLUSH_WAITS_SOMETIMES | FLUSH_WAITS_ALWAYS)

const struct pt_sync_policy *pt_sync_policy(void);
int pt_sync_policy_select(const char *name); /* -ENOENT; no operation may be in flight */

/**
 * pt_owe - a flush did not wait for the walkers of @w->mm, and others may keep the table
 *
 * The table remembers on which CPUs they may be, until pt_owed_settle(). Context: IRQs on;
 * i_mmap_rwsem for write. Never fails: without memory, all CPUs are owed.
 */
void pt_owe(const struct pt_withdrawal *w, struct ptdesc *pt);
/* Every wait that was owed for @pt is over, or the table is free. */
void pt_owed_settle(struct ptdesc *pt);

/* A policy's ->wait: interrupt every other CPU, tlb_remove_table_sync_one(). */
unsigned int pt_sync_wait_all(const struct pt_withdrawal *w);
/* A policy's ->wait: interrupt who is owed, and who ->may_walk, and no others. */
unsigned int pt_sync_wait_may_walk(const struct pt_withdrawal *w);
/* A policy's ->may_walk: the CPUs in the mask of @mm. What that rests on: sync_mmcpus.c. */
void mm_cpumask_may_walk(struct mm_struct *mm, struct cpumask *cpus);

/**
 * pt_sync_interrupt - interrupt the CPUs of @cpus and wait: their walks are over then
 *
 * Context: IRQs on. Return: CPUs interrupted.
 */
unsigned int pt_sync_interrupt(const struct cpumask *cpus);

/**
 * tlb_remove_table_sync_one - wait for every IRQs-off walker, by interrupting every CPU
 *
 * An empty function is called on all other online CPUs and waited for. Not an RCU grace
 * period, but enough for walkers that keep interrupts off.
 *
 * Context: IRQs on. Return: CPUs interrupted.
 * Source: Linux tlb_remove_table_sync_one(), which returns nothing.
 */
unsigned int tlb_remove_table_sync_one(void);

#endif
