/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Three mms share a PMD table. A walker of the first to leave it stands still inside; then
 * the second leaves, and P, the last owner, uses the table as its own.
 *
 *	CPU 0 (witness)		CPU 1			the last CPU, in A1
 *							GUP-fast: has read the PUD
 *							and is inside the PMD table
 *				A1 unshares: not last,
 *				no sync
 *				A2 unshares: last
 *	back yet?		(P may reuse it now)
 *	release ──────────────────────────────────────▶ goes on, leaves
 *
 * On a backend whose flushes do not wait, A2's unshare has to wait, for a walker of another mm
 * than A2: neither A2's flush nor its mask says anything about that walker.
 */
#include <kernel/ktest.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <kernel/string.h>
#include <asm/asid.h>
#include <mm/pt_sync.h>
#include <tests/backends.h>
#include <tests/errand.h>
#include <tests/holders.h>
#include <tests/oracle.h>
#include <tests/sharers.h>

struct leaving {
	struct sharers s;
	int ret[2];
	u64 syncs_before_last;
	bool owed_before_last;
	bool last; /* A2's turn has come */
};

static void a1_then_a2(void *arg)
{
	struct leaving *l = arg;

	l->ret[0] = sharers_unshare(l->s.mm[1], 0);
	l->owed_before_last = sharers_table(l->s.mm[0], 0)->pt_owed;
	l->syncs_before_last = current->acct.syncs + current->acct.skipped;
	smp_store_release(&l->last, true); /* pairs with errand_step_within() */
	l->ret[1] = sharers_unshare(l->s.mm[2], 0);
}

/*
 * A1's flush waits for no CPU, A2's for all of A2's: A1 has a global ASID, A2 has none. Else
 * neither waits.
 */
static bool mixed;

static void mix(const struct sharers *s)
{
	use_global_asid(s->mm[1]);
	holder_start_on(num_online_cpus() - 2, s->mm[2], HOLD_RUNNING);
}

/* Which of those that are unsound where flushes are mixed, this mixture shows. */
static bool mixture_shows(const struct pt_sync_policy *p)
{
	static const char *const names[] = {"flag-in-gather", "never", "per-mm", "rcu"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(p->name, names[i]))
			return true;
	return false;
}

/* A2 must be held up iff the policy is sound there. */
static void try_policy(struct ktest *t, const struct pt_sync_policy *p)
{
	bool sound = p->sound_on & (mixed ? FLUSH_WAITS_SOMETIMES : FLUSH_WAITS_NEVER);
	struct leaving l = {0};
	struct ptdesc *pt;
	struct errand e;

	if (mixed && !sound && !mixture_shows(p))
		return;
	oracle_reset();
	if (!KEXPECT(t, sharers_begin(&l.s, 3, 1)))
		goto out;
	pt = sharers_table(l.s.mm[0], 0);
	if (mixed)
		mix(&l.s);
	if (!KEXPECT(t, holder_walk_on(num_online_cpus() - 1, l.s.mm[1], SHARED_ADDR, SITE_PMD)))
		goto stop;
	BUG_ON(!errand_start(&e, 1, a1_then_a2, &l));
	/* It is A2 that is held up: A1 was not the last and had no CPU to wait for. */
	KEXPECT(t, errand_step_within(&l.last, SURELY_BACK_NS));
	KEXPECT_EQ(t, errand_done_within(&e, sound ? HELD_UP_NS : SURELY_BACK_NS), !sound);
	KEXPECT_EQ(t, l.syncs_before_last, 0);
	KEXPECT(t, l.owed_before_last);
	if (!sound) {
		/* P reuses the table with the walker inside: a violation of the oracle walks. */
		KEXPECT_EQ(t, oracle_violations(), 0);
		KEXPECT_EQ(t, sharers_reuse(&l.s), 0);
		KEXPECT_EQ(t, oracle_violations(), 1);
	}
	holders_release();
	KEXPECT(t, errand_done_within(&e, NOT_HELD_UP_NS));
	errand_end(&e);
	KEXPECT_EQ(t, l.ret[0], 0);
	KEXPECT_EQ(t, l.ret[1], 0);
	KEXPECT_EQ(t, e.acct.syncs + e.acct.skipped, 1);
	KEXPECT(t, !pt->pt_owed);
	if (sound) {
		KEXPECT_EQ(t, e.acct.syncs, 1);
		KEXPECT_EQ(t, sharers_reuse(&l.s), 0);
		KEXPECT_EQ(t, oracle_violations(), 0);
	}
stop:
	holders_stop();
out:
	sharers_end(&l.s);
	oracle_reset();
}

static void try_policies(struct ktest *t, const struct flush_backend *b)
{
	if (flush_waits(b) == FLUSH_WAITS_NEVER)
		each_policy(t, try_policy);
}

static void try_mixed(struct ktest *t, const struct flush_backend *b)
{
	enum asid_mode old = asid_mode;

	asid_mode = ASID_SAMPLED; /* no mm is born with a global one */
	mixed = true;
	if (b->broadcast)
		each_policy(t, try_policy);
	mixed = false;
	asid_mode = old;
}

static const char *cannot(unsigned int cpus)
{
	if (!CONFIG_HOOKS)
		return "needs sync points to stop a walker at";
	if (num_online_cpus() < cpus)
		return "needs a CPU for each actor: walker, unsharer, witness, and A2's if mixed";
	return sharers_lack(1);
}

KTEST(three_sharers, last_waits_for_the_first)
{
	if (cannot(3))
		KSKIP(t, cannot(3));
	each_backend(t, try_policies);
}

/* The last one's flush does wait. Its receipt is true, and does not cover the first walker. */
KTEST(three_sharers, last_waits_though_its_flush_did)
{
	if (cannot(4))
		KSKIP(t, cannot(4));
	each_backend(t, try_mixed);
}
