/* SPDX-License-Identifier: GPL-2.0 */
/* Deposited PTE tables: which one comes back. */
#include <kernel/ktest.h>
#include <kernel/rcu.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <mm/ptdesc.h>
#include <tests/backends.h>
#include <tests/busted_case.h>
#include <tests/errand.h>
#include <tests/holders.h>
#include <tests/oracle.h>
#include <tests/thp.h>

#define ADDR 0x40000000UL

KTEST(deposit, newest_comes_back_first)
{
	struct mm_struct *mm = mm_alloc("deposit");
	struct ptdesc *pt[3], *back[3];
	pmd_t *pmdp;

	KASSERT(t, mm);
	KASSERT(t,
		!mm_mmap(mm, ADDR, PMD_SIZE, VM_WRITE, NULL, 0)); /* mm_free() frees its tables */
	pmdp = mm_alloc_pmd(mm, ADDR);
	KASSERT(t, pmdp);
	for (int i = 0; i < 3; i++) {
		pt[i] = pagetable_alloc(mm, PT_LEVEL_PTE);
		KASSERT(t, pt[i]);
	}
	spin_lock(pmd_lockptr(pmdp));
	for (int i = 0; i < 3; i++)
		pgtable_trans_huge_deposit(mm, pmdp, pt[i]);
	for (int i = 0; i < 3; i++)
		back[i] = pgtable_trans_huge_withdraw(mm, pmdp);
	KEXPECT(t, back[0] == pt[2]);
	KEXPECT(t, back[1] == pt[0]);
	KEXPECT(t, back[2] == pt[1]);
	KEXPECT(t, !virt_to_ptdesc(pmdp)->pmd_huge_pte);

	/* The table that was withdrawn last is the one that a collapse deposits next. */
	pgtable_trans_huge_deposit(mm, pmdp, pt[0]);
	KEXPECT(t, pgtable_trans_huge_withdraw(mm, pmdp) == pt[0]);
	spin_unlock(pmd_lockptr(pmdp));
	for (int i = 0; i < 3; i++)
		pagetable_free(pt[i]);
	mm_free(mm);
}

static void collapse(void *mm)
{
	collapse_huge_page(mm, THP_ADDR);
}

/*
 * A collapse that has not waited for a walker has deposited the table that it is in. When the huge
 * page goes the table must be freed as any other: by RCU, which the walker holds up.
 */
static void walker_in_deposit(struct ktest *t, const struct pt_sync_policy *p)
{
	const char *selected = pt_sync_policy()->name;
	struct mm_struct *mm;
	struct ptdesc *table;
	struct errand e;

	if (is_busted(p->name))
		return;
	mm = thp_mm("deposit");
	KASSERT(t, mm);
	table = pfn_ptdesc(pmd_pfn(pmdp_get_lockless(mm_find_pmd(mm, THP_ADDR))));
	KEXPECT_EQ(t, pt_sync_policy_select(p->name), 0);
	KEXPECT(t, holder_walk_on(num_online_cpus() - 1, mm, THP_ADDR, SITE_PTE));
	KASSERT(t, errand_start(&e, 1, collapse, mm));
	if (errand_done_within(&e, HELD_UP_NS)) {
		KEXPECT_EQ(t, mm_madvise_dontneed(mm, THP_ADDR, PMD_SIZE), 0);
		KEXPECT_EQ(t, READ_ONCE(table->type), PAGE_TABLE);
	}
	holders_release();
	KEXPECT(t, errand_done_within(&e, NOT_HELD_UP_NS));
	errand_end(&e);
	holders_stop();
	KEXPECT_EQ(t, mm_madvise_dontneed(mm, THP_ADDR, PMD_SIZE), 0);
	rcu_barrier();
	KEXPECT_NE(t, READ_ONCE(table->type), PAGE_TABLE);
	KEXPECT_EQ(t, pt_sync_policy_select(selected), 0);
	mm_free(mm);
	oracle_reset(); /* policy rcu is not sound here, and they may have said so */
}

static void each_policy_with(struct ktest *t, const struct flush_backend *b)
{
	if (flush_waits(b) == FLUSH_WAITS_NEVER)
		each_policy(t, walker_in_deposit);
}

KTEST(deposit, no_walker_is_in_what_is_freed)
{
	if (num_online_cpus() < 3 || !CONFIG_HOOKS)
		KSKIP(t, "needs hooks and three CPUs: a walker, a collapse and a witness");
	each_backend(t, each_policy_with);
}
