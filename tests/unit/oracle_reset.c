/* SPDX-License-Identifier: GPL-2.0 */
/* Oracles are reset while other CPUs go on: RCU callbacks of the test before may free tables. */
#include <kernel/busted.h>
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <mm/ptdesc.h>
#include <tests/errand.h>
#include <tests/oracle.h>

static const char *why_not(void)
{
	return num_online_cpus() < 2 ? "needs another CPU" : NULL;
}

struct signal {
	bool ready, go;
};

static void reset_when_told(void *arg)
{
	struct signal *s = arg;

	smp_store_release(&s->ready, true); /* pairs with errand_step_within() */
	while (!READ_ONCE(s->go))
		cpu_relax();
	oracle_reset();
}

KTEST(oracle, reset_waits_for_the_lock)
{
	struct signal s = {0};
	unsigned long flags;
	struct errand e;
	bool early;
	u64 end;

	if (why_not())
		KSKIP(t, why_not());
	BUG_ON(!errand_start(&e, 1, reset_when_told, &s));
	KEXPECT(t, errand_step_within(&s.ready, NOT_HELD_UP_NS));
	flags = oracle_lock();
	WRITE_ONCE(s.go, true);
	for (end = sched_clock() + HELD_UP_NS; sched_clock() < end;)
		cpu_relax();
	early = READ_ONCE(e.done);
	oracle_unlock(flags);
	KEXPECT(t, !early);
	KEXPECT(t, errand_done_within(&e, NOT_HELD_UP_NS));
	errand_end(&e);
}

#define AT_ONCE	    4
#define LONG_ENOUGH (100 * NSEC_PER_MSEC)

struct churn {
	struct mm_struct *mm;
	u64 tables;
	bool stop;
};

/* PMD tables: the record of one stays until it is freed. */
static void churn(void *arg)
{
	struct churn *c = arg;
	struct ptdesc *pt[AT_ONCE];

	while (!READ_ONCE(c->stop)) {
		unsigned int n = 0;

		while (n < AT_ONCE && (pt[n] = pagetable_alloc(c->mm, PT_LEVEL_PMD)))
			pt_withdraw(c->mm, pt[n++], 0);
		c->tables += n;
		while (n)
			pagetable_free(pt[--n]);
	}
}

/* Where CPUs really run at once: without the lock a page fault, sooner or later. */
KTEST(oracle, reset_while_tables_go)
{
	u64 end = sched_clock() + LONG_ENOUGH;
	struct churn c = {0};
	struct errand e;

	if (why_not())
		KSKIP(t, why_not());
	c.mm = mm_alloc("churn");
	KASSERT(t, c.mm);
	BUG_ON(!errand_start(&e, 1, churn, &c));
	while (sched_clock() < end) {
		for (int i = 0; i < 100; i++)
			oracle_reset();
		cpu_relax();
	}
	WRITE_ONCE(c.stop, true);
	KEXPECT(t, errand_done_within(&e, NOT_HELD_UP_NS));
	errand_end(&e);
	KEXPECT(t, c.tables);
	KEXPECT_EQ(t, oracle_violations(), 0);
	mm_free(c.mm);
}

KTEST(oracle, full_tables_are_reported)
{
	struct mm_struct *mm;
	struct ptdesc *pt[2];

	if (!CONFIG_HOOKS)
		KSKIP(t, "needs events");
	mm = mm_alloc("full");
	KASSERT(t, mm);
	oracle_reset();
	KEXPECT(t, !oracle_incomplete());
	__busted_oracle_no_room = true;
	/* PMD tables: a record of each stays until it is freed. */
	for (int i = 0; i < 2; i++) {
		pt[i] = pagetable_alloc(mm, PT_LEVEL_PMD);
		BUG_ON(!pt[i]);
		pt_withdraw(mm, pt[i], 0);
	}
	__busted_oracle_no_room = false;
	KASSERT(t, oracle_incomplete());
	KEXPECT(t, !strcmp(oracle_incomplete()->oracle->name, "walks"));
	KEXPECT_EQ(t, oracle_incomplete()->nr, 1);
	/* An oracle that does not judge reports no loss. */
	BUG_ON(oracle_select("poison"));
	KEXPECT(t, !oracle_incomplete());
	BUG_ON(oracle_select(""));
	for (int i = 0; i < 2; i++)
		pagetable_free(pt[i]);
	oracle_reset();
	KEXPECT(t, !oracle_incomplete());
	mm_free(mm);
}
