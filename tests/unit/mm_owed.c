/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pt_owe(): a shared table records the mms that left it without a wait for their walkers. Two
 * walkers on the last two CPUs are inside the table of A1; A1 unshares by a flush that does
 * not wait; then the table says which CPUs are owed a wait.
 */
#include <kernel/ktest.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <mm/pt_sync.h>
#include <tests/backends.h>
#include <tests/errand.h>
#include <tests/holders.h>
#include <tests/sharers.h>

struct unsharing {
	struct mm_struct *mm;
	bool no_memory;
	int ret;
};

static void unshare_one(void *arg)
{
	struct unsharing *u = arg;
	u32 old = fail_page_alloc_set(u->no_memory ? 1 : 0);

	u->ret = sharers_unshare(u->mm, 0);
	fail_page_alloc_set(old);
}

static void unshare_now(struct ktest *t, struct mm_struct *mm, bool no_memory)
{
	struct unsharing u = {.mm = mm, .no_memory = no_memory};
	struct errand e;

	BUG_ON(!errand_start(&e, 1, unshare_one, &u));
	errand_end(&e);
	KEXPECT_EQ(t, u.ret, 0);
}

static const char *cannot(void)
{
	if (!CONFIG_HOOKS)
		return "needs sync points to stop a walker at";
	if (num_online_cpus() < 4)
		return "needs four CPUs: two walkers, an unsharer and a witness";
	if (!backend_that_waits(FLUSH_WAITS_NEVER))
		return "needs a backend of which no flush waits";
	return sharers_lack(1);
}

/* What is expected in ->pt_owed. */
enum owed {
	OWED_ALL, /* &cpu_online_mask: unknown */
	OWED_WALKERS, /* the CPUs that walk A1, then those that walk A2 as well */
	OWED_MASK, /* the mask of A1, then of A2 as well */
};

/* Just the CPUs of @a and @b. */
static void expect_owed(struct ktest *t, const struct ptdesc *pt, const struct cpumask *a,
			const struct cpumask *b)
{
	struct cpumask want;

	cpumask_or(&want, a, b);
	KASSERT(t, pt->pt_owed);
	KEXPECT(t, cpumask_equal(pt->pt_owed, &want));
}

static void owed_by(struct ktest *t, const char *policy, enum owed owed, bool no_memory)
{
	const char *old = flush_backend()->name, *old_policy = pt_sync_policy()->name;
	unsigned int in_a1 = num_online_cpus() - 1, in_a2 = num_online_cpus() - 2;
	struct cpumask none = {0}, a1 = {0}, a2 = {0};
	struct ptdesc *pt;
	struct sharers s;

	/* Before a walk begins: the walkers of some policies publish theirs. */
	KEXPECT_EQ(t, flush_backend_select(backend_that_waits(FLUSH_WAITS_NEVER)), 0);
	KEXPECT_EQ(t, pt_sync_policy_select(policy), 0);
	if (!KEXPECT(t, sharers_begin(&s, 4, 1)))
		goto out;
	pt = sharers_table(s.mm[0], 0);
	/* A CPU that has A1 loaded and does not walk it: in the mask, and no walker. */
	holder_start_on(in_a2, s.mm[1], HOLD_LAZY);
	holders_stop();
	KEXPECT(t, holder_walk_on(in_a2, s.mm[2], SHARED_ADDR, SITE_PMD));
	KEXPECT(t, holder_walk_on(in_a1, s.mm[1], SHARED_ADDR, SITE_PMD));
	KEXPECT(t, !pt->pt_owed);
	if (owed == OWED_WALKERS) {
		__cpumask_set_cpu(in_a1, &a1);
		__cpumask_set_cpu(in_a2, &a2);
	} else if (owed == OWED_MASK) {
		cpumask_copy(&a1, mm_cpumask(s.mm[1]));
		cpumask_copy(&a2, mm_cpumask(s.mm[2]));
		KEXPECT_EQ(t, cpumask_weight(&a1), mm_cpumask_eager ? 1 : 2);
	} else {
		cpumask_copy(&a1, &cpu_online_mask);
	}

	unshare_now(t, s.mm[1], no_memory);
	expect_owed(t, pt, &a1, &none);
	KEXPECT_EQ(t, pt->pt_owed == &cpu_online_mask, owed == OWED_ALL);
	/* What is owed adds up. A table that owes all CPUs stays so, memory or not. */
	unshare_now(t, s.mm[2], false);
	expect_owed(t, pt, &a1, &a2);
	holders_release();
	/* The last but P waits for all of them, and then none is owed. */
	unshare_now(t, s.mm[3], false);
	KEXPECT(t, !pt->pt_owed);
	holders_stop();
out:
	sharers_end(&s);
	KEXPECT_EQ(t, flush_backend_select(old), 0);
	KEXPECT_EQ(t, pt_sync_policy_select(old_policy), 0);
}

KTEST(owed, targeted_who_walks)
{
	if (cannot())
		KSKIP(t, cannot());
	owed_by(t, "targeted", OWED_WALKERS, false);
}

KTEST(owed, mmcpus_the_mask)
{
	if (cannot())
		KSKIP(t, cannot());
	owed_by(t, "mmcpus", OWED_MASK, false);
}

/* These policies do not know which CPUs walk: all are owed, which needs no memory. */
KTEST(owed, others_all)
{
	if (cannot())
		KSKIP(t, cannot());
	owed_by(t, "receipt", OWED_ALL, true);
	owed_by(t, "broadcast", OWED_ALL, false);
}

KTEST(owed, no_memory_all)
{
	u64 before = fail_page_alloc_count();

	if (cannot())
		KSKIP(t, cannot());
	owed_by(t, "targeted", OWED_ALL, true);
	KEXPECT_GT(t, fail_page_alloc_count() - before, 0);
	before = fail_page_alloc_count();
	owed_by(t, "mmcpus", OWED_ALL, true);
	KEXPECT_GT(t, fail_page_alloc_count() - before, 0);
}

/* A flush that waited owes no CPU. */
KTEST(owed, nobody_if_the_flush_waited)
{
	struct ptdesc *pt;
	struct sharers s;

	if (sharers_lack(1))
		KSKIP(t, sharers_lack(1));
	if (KEXPECT(t, sharers_begin(&s, 3, 1))) {
		pt = sharers_table(s.mm[0], 0);
		KEXPECT_EQ(t, strcmp(flush_backend()->name, "ipi"), 0);
		holders_start(s.mm[1], HOLD_RUNNING);
		KEXPECT_EQ(t, sharers_unshare(s.mm[1], 0), 0);
		KEXPECT(t, !pt->pt_owed);
		holders_stop();
	}
	sharers_end(&s);
}

/* A table that is freed clears pt_owed: the page behind it is not lost. */
KTEST(owed, settled_when_the_table_goes)
{
	unsigned long free;
	struct mm_struct *mm = mm_alloc("owed");
	struct ptdesc *pt;

	KASSERT(t, mm);
	rcu_barrier();
	free = nr_free_pages();
	pt = pagetable_alloc(mm, PT_LEVEL_PMD);
	KASSERT(t, pt);
	pt->pt_owed = get_zeroed_page(GFP_KERNEL);
	KASSERT(t, pt->pt_owed);
	pagetable_free(pt);
	KEXPECT_EQ(t, nr_free_pages(), free);
	mm_free(mm);
}
