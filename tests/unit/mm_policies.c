/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract of every policy, on every backend: when pt_sync_wait() returns, no walker is
 * inside the withdrawn table, wherever the policy says it is sound.
 *
 *	CPU 0 (witness)		CPU 1			the last CPU
 *							GUP-fast: has read the PMD
 *				clear the PMD		and is inside the PTE table
 *				flush: receipt
 *	flushed yet?		pt_sync_wait()
 *	synced yet?
 *	release ──────────────────────────────────────▶ goes on, leaves
 *	synced now
 *				the entry is put back
 */
#include <kernel/ktest.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <mm/vma.h>
#include <tests/backends.h>
#include <tests/errand.h>
#include <tests/holders.h>

#define ADDR 0x40000000UL

struct withdrawing {
	struct mm_struct *mm;
	struct flush_receipt receipt;
	bool flushed;
};

static void withdraw_and_sync(void *arg)
{
	struct withdrawing *d = arg;
	struct vm_area_struct *vma;
	struct pt_withdrawal w;
	struct ptdesc *table;
	pmd_t *pmdp;

	mmap_write_lock(d->mm);
	vma = vma_lookup(d->mm, ADDR);
	pmdp = mm_find_pmd(d->mm, ADDR);
	spin_lock(pmd_lockptr(pmdp));
	table = pfn_ptdesc(pmd_pfn(pmdp_collapse_flush_receipt(vma, ADDR, pmdp, &w, &d->receipt)));
	spin_unlock(pmd_lockptr(pmdp));
	smp_store_release(&d->flushed, true); /* pairs with errand_step_within() */
	pt_sync_wait(&w, d->receipt);
	spin_lock(pmd_lockptr(pmdp));
	observe(REPOPULATE, ptdesc_pfn(table), ADDR, d->mm->context.ctx_id);
	pmd_populate(d->mm, pmdp, table);
	spin_unlock(pmd_lockptr(pmdp));
	mmap_write_unlock(d->mm);
}

static struct mm_struct *mm_with_table(void)
{
	struct mm_struct *mm = mm_alloc("walked");

	if (!mm || mm_mmap(mm, ADDR, PMD_SIZE, VM_WRITE, NULL, 0) || fault_in(mm, ADDR, true))
		return NULL;
	return mm;
}

/* When a policy may skip the wait is its own decision; for these two it is checked here. */
static void expect_skips(struct ktest *t, const struct pt_sync_policy *p,
			 const struct withdrawing *d, const struct errand *e)
{
	KEXPECT_EQ(t, e->acct.skipped + e->acct.syncs, 1);
	if (!strcmp(p->name, "receipt"))
		KEXPECT_EQ(t, e->acct.skipped, d->receipt.waited);
	if (!strcmp(p->name, "implied"))
		KEXPECT_EQ(t, e->acct.skipped, flush_backend()->native_ipi);
}

static void sync_against_walker(struct ktest *t, struct mm_struct *mm,
				const struct pt_sync_policy *p)
{
	enum flush_waits waits = flush_waits(flush_backend());
	bool sound = p->sound_on & waits, early, flushed;
	/* That a policy without a wait is not held up shows that it is the sync that is held. */
	bool back = waits == FLUSH_WAITS_NEVER &&
		    (!strcmp(p->name, "never") || !strcmp(p->name, "rcu"));
	struct withdrawing d = {.mm = mm};
	struct errand e;

	if (!KEXPECT(t, holder_walk_on(num_online_cpus() - 1, mm, ADDR, SITE_PTE))) {
		holders_stop();
		return;
	}
	BUG_ON(!errand_start(&e, 1, withdraw_and_sync, &d));
	flushed = errand_step_within(&d.flushed,
				     waits == FLUSH_WAITS_NEVER ? SURELY_BACK_NS : HELD_UP_NS);
	early = errand_done_within(&e, back ? SURELY_BACK_NS : HELD_UP_NS);
	holders_release();
	KEXPECT(t, errand_done_within(&e, NOT_HELD_UP_NS));
	errand_end(&e);
	holders_stop();

	if (sound)
		KEXPECT(t, !early);
	if (waits == FLUSH_WAITS_ALWAYS)
		KEXPECT(t, !flushed && d.receipt.waited);
	if (waits == FLUSH_WAITS_NEVER)
		KEXPECT(t, flushed && !d.receipt.waited);
	expect_skips(t, p, &d, &e);
	if (back)
		KEXPECT(t, early);
}

static void try_policy(struct ktest *t, const struct pt_sync_policy *p)
{
	struct mm_struct *mm = mm_with_table();

	KASSERT(t, mm);
	sync_against_walker(t, mm, p);
	mm_free(mm);
}

/*
 * Also the busted ones: what they say they are sound on, they are. And also with the
 * walker's vCPU preempted in the middle of it.
 */
static void try_policies(struct ktest *t, const struct flush_backend *b)
{
	each_policy(t, try_policy);
	if (holders_preempt(true))
		each_policy(t, try_policy);
	holders_preempt(false);
}

KTEST(policy, nobody_inside_after_the_sync)
{
	if (!CONFIG_HOOKS)
		KSKIP(t, "needs sync points to stop a walker at");
	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a walker, a writer and a witness");
	each_backend(t, try_policies);
}
