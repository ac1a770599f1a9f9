/* SPDX-License-Identifier: GPL-2.0 */
/* Receipts: valid only for what they say, and only for a withdrawal before their flush. */
#include <kernel/ktest.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <tests/errand.h>
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
	/* Its number alone would be high enough. */
	do
		elsewhere = flush_tlb_mm(other);
	while (elsewhere.gen <= w.gen);
	KEXPECT(t, !pt_receipt_covers(&w, &before));
	KEXPECT(t, !pt_receipt_covers(&w, &elsewhere));
	KEXPECT(t, !pt_receipt_covers(&w, &FLUSH_RECEIPT_NONE));
	after = flush_tlb_mm(mm);
	KEXPECT(t, pt_receipt_covers(&w, &after));
	after.waited = false;
	KEXPECT(t, !pt_receipt_covers(&w, &after));
	pagetable_free(pt);
	mm_free(mm);
	mm_free(other);
}

/* The sync waits for a walker whichever mm it is in; so does the policy built on it. */
static void sync_one(void *unused)
{
	tlb_remove_table_sync_one();
}

KTEST(receipt, sync_one_waits_for_every_walker)
{
	struct mm_struct *mm = mm_alloc("claim");
	struct errand e;

	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a walker, a waiter and a witness");
	KASSERT(t, mm);
	holder_start_on(num_online_cpus() - 1, mm, HOLD_IRQS_OFF);
	KASSERT(t, errand_start(&e, 1, sync_one, NULL));
	KEXPECT(t, !errand_done_within(&e, HELD_UP_NS));
	holders_release();
	KEXPECT(t, errand_done_within(&e, NOT_HELD_UP_NS));
	errand_end(&e);
	holders_stop();
	mm_free(mm);
}
