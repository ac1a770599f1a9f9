/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receipts, and the claims of the backends behind them. A claim is put to the test with a
 * walker that does not move: a flush that says it waited must not return before the walker
 * has left; one that does not say so must.
 */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <tests/holders.h>

KTEST(receipt, covers_only_its_own_flush)
{
	struct mm_struct *mm = mm_alloc("receipt"), *other = mm_alloc("other");
	struct flush_receipt before, after, elsewhere;
	struct pt_withdrawal w;
	struct ptdesc *pt;

	KASSERT(t, mm && other);
	pt = pagetable_alloc(mm, PT_LEVEL_PTE);
	KASSERT(t, pt);
	before = flush_tlb_mm(mm);
	w = pt_withdraw(mm, pt, 0x1000);
	elsewhere = flush_tlb_mm(other);
	KEXPECT(t, !pt_receipt_covers(&w, &before));
	KEXPECT(t, !pt_receipt_covers(&w, &elsewhere));
	KEXPECT(t, !pt_receipt_covers(&w, &FLUSH_RECEIPT_NONE));
	after = flush_tlb_mm(mm);
	KEXPECT(t, pt_receipt_covers(&w, &after));
	after.waited = false;
	KEXPECT(t, !pt_receipt_covers(&w, &after));
	pagetable_free(pt);
	mmput(mm);
	mmput(other);
}

struct flusher {
	struct mm_struct *mm;
	struct flush_receipt receipt;
	bool done;
};

static int flush_thread(void *arg)
{
	struct flusher *f = arg;

	f->receipt = flush_tlb_mm(f->mm);
	smp_store_release(&f->done, true); /* pairs with the test's acquire */
	return 0;
}

/* Is the flush over within @ns? */
static bool done_within(struct flusher *f, u64 ns)
{
	u64 end = sched_clock() + ns;

	while (!smp_load_acquire(&f->done) && sched_clock() < end) /* pairs with flush_thread() */
		schedule_timeout_ns(NSEC_PER_MSEC);
	return smp_load_acquire(&f->done);
}

/* A walker stands still, IRQs off, on the last CPU; CPU 1 flushes; we watch from CPU 0. */
static void refute(struct ktest *t, const char *backend)
{
	struct mm_struct *mm = mm_alloc("claim");
	const char *old = flush_backend()->name;
	struct flusher f = {.mm = mm};
	struct task_struct *task;
	bool early;

	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a walker, a flusher and a witness");
	KASSERT(t, mm);
	KASSERT(t, !flush_backend_select(backend));
	holder_start_on(num_online_cpus() - 1, mm, HOLD_IRQS_OFF);
	task = kthread_create_on_cpu(flush_thread, &f, 1, "flusher");
	KASSERT(t, task);
	wake_up_process(task);
	early = done_within(&f, 100 * NSEC_PER_MSEC);
	holders_release();
	KEXPECT(t, done_within(&f, 5 * NSEC_PER_SEC));
	/* It held the flush up if and only if the flush says that it waited. */
	KEXPECT_EQ(t, early, !f.receipt.waited);
	KEXPECT_EQ(t, f.receipt.waited, !strcmp(backend, "ipi"));
	kthread_stop(task);
	holders_stop();
	KEXPECT_EQ(t, flush_backend_select(old), 0);
	mmput(mm);
}

KTEST(claim, ipi_waits_for_a_walker)
{
	refute(t, "ipi");
}

KTEST(claim, invlpgb_nmi_does_not)
{
	refute(t, "invlpgb-nmi");
}

/* The sync waits for a walker whichever mm it is in; so does the policy built on it. */
static int sync_thread(void *arg)
{
	struct flusher *f = arg;

	tlb_remove_table_sync_one();
	smp_store_release(&f->done, true); /* pairs with done_within() */
	return 0;
}

KTEST(claim, sync_one_waits_for_every_walker)
{
	struct mm_struct *mm = mm_alloc("claim");
	struct flusher f = {.mm = mm};
	struct task_struct *task;

	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a walker, a waiter and a witness");
	KASSERT(t, mm);
	holder_start_on(num_online_cpus() - 1, mm, HOLD_IRQS_OFF);
	task = kthread_create_on_cpu(sync_thread, &f, 1, "syncer");
	KASSERT(t, task);
	wake_up_process(task);
	KEXPECT(t, !done_within(&f, 50 * NSEC_PER_MSEC));
	holders_release();
	KEXPECT(t, done_within(&f, 5 * NSEC_PER_SEC));
	kthread_stop(task);
	holders_stop();
	mmput(mm);
}
