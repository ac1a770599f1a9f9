/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for walkers: the withdrawal, its receipt, and the policy. See <mm/pt_sync.h>. */
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/errno.h>
#include <kernel/event.h>
#include <kernel/job.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <mm/pt_sync.h>
#include <mm/pt_walk.h>
#include <mm/ptdesc.h>

DEFINE_BUSTED(owed_keeps_mask, "the debt of a shared PMD table is settled, and its mask not freed");

static const struct pt_sync_policy *policy;

DEFINE_PER_CPU(struct mm_struct *, active_lockless_pt_walk_mm);
bool pt_walk_publish __read_mostly;

struct pt_withdrawal pt_withdraw(struct mm_struct *mm, struct ptdesc *pt, unsigned long addr)
{
	struct pt_withdrawal w = {.mm = mm, .pt = pt};

	/*
	 * After the clear, which was a locked operation. A flush whose increment we do not
	 * see here began after it: its generation will be greater. One that we do see may
	 * have asked its CPUs before the clear: its generation will not be greater.
	 */
	w.gen = (u64)atomic64_read(&mm->context.tlb_gen);
	observe(WITHDRAW, ptdesc_pfn(pt), mm->context.ctx_id, addr);
	return w;
}

bool pt_receipt_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	return r->ctx_id == w->mm->context.ctx_id && r->gen > w->gen && r->waited;
}

void pt_sync_wait(const struct pt_withdrawal *w, struct flush_receipt r)
{
	bool skip = policy->covers(w, &r);

	might_sleep();
	observe(SYNC_BEGIN, ptdesc_pfn(w->pt), w->mm->context.ctx_id,
		skip ? SYNC_SKIPPED : SYNC_WAITED);
	if (skip) {
		current->acct.skipped++;
	} else {
		current->acct.syncs++;
		current->acct.sync_ipis += policy->wait(w);
	}
	observe(SYNC_END, ptdesc_pfn(w->pt), w->mm->context.ctx_id,
		skip ? SYNC_SKIPPED : SYNC_WAITED);
}

void pt_owe(const struct pt_withdrawal *w, struct ptdesc *pt)
{
	if (pt->pt_owed == &cpu_online_mask)
		return;
	if (!pt->pt_owed && policy->may_walk)
		pt->pt_owed = get_zeroed_page(GFP_NOWAIT);
	if (!pt->pt_owed || !policy->may_walk)
		pt->pt_owed = &cpu_online_mask;
	else
		policy->may_walk(w->mm, pt->pt_owed);
}

void pt_owed_settle(struct ptdesc *pt)
{
	if (pt->pt_owed && pt->pt_owed != &cpu_online_mask && !busted(owed_keeps_mask))
		free_page(pt->pt_owed);
	pt->pt_owed = NULL;
}

static void tlb_remove_table_smp_sync(void *unused)
{
	/* That it runs is all: interrupts are on, so no walk is under way here. */
}

unsigned int pt_sync_interrupt(const struct cpumask *cpus)
{
	unsigned int n;

	preempt_disable();
	n = smp_call_function_many_cond(cpus, tlb_remove_table_smp_sync, NULL, true, NULL, false);
	preempt_enable();
	return n;
}

void mm_cpumask_may_walk(struct mm_struct *mm, struct cpumask *cpus)
{
	smp_mb(); /* the cleared entry before the mask; pairs with [S] in switch_mm_irqs_off() */
	shared_op(SITE_MASK, SYNC_READ, mm_cpumask(mm), cpumask_or(cpus, cpus, PTR));
}

unsigned int pt_sync_wait_may_walk(const struct pt_withdrawal *w)
{
	struct cpumask cpus = {0};

	if (w->owed)
		cpumask_copy(&cpus, w->owed);
	policy->may_walk(w->mm, &cpus);
	return pt_sync_interrupt(&cpus);
}

unsigned int tlb_remove_table_sync_one(void)
{
	return smp_call_function(tlb_remove_table_smp_sync, NULL, true);
}

unsigned int pt_sync_wait_all(const struct pt_withdrawal *w)
{
	return tlb_remove_table_sync_one();
}

const struct pt_sync_policy *pt_sync_policy(void)
{
	return policy;
}

int pt_sync_policy_select(const char *name)
{
	linkset_for_each (pt_sync_policy, p) {
		if (strcmp(p->name, name))
			continue;
		policy = p;
		WRITE_ONCE(pt_walk_publish, p->publish_walks);
		return 0;
	}
	return -ENOENT;
}

/* Linux's, until someone asks for another. */
static void pt_sync_init(void)
{
	BUG_ON(pt_sync_policy_select("broadcast"));
}
INITCALL(0, pt_sync_init);
