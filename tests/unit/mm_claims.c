/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract of every backend, put to the test with a walker that does not move:
 *
 *	CPU 0 (witness)		CPU 1			the last CPU
 *							walks, IRQs off
 *				flush_tlb_mm_range()
 *	is it back yet?
 *	release ──────────────────────────────────────▶ IRQs on
 *	it must be back now
 *
 * A flush whose receipt says it waited must not have been back before the release; one that
 * does not say so must have been. All registered backends are tried; one that is a planted bug
 * must fail.
 */
#include <kernel/errno.h>
#include <kernel/ktest.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/asid.h>
#include <mm/mm.h>
#include <tests/backends.h>
#include <tests/errand.h>
#include <tests/holders.h>

/* A backend that sometimes waits gets so many chances to show both. */
#define MAX_ROUNDS 16

/* When the mm is given a global ASID, for backends that broadcast. */
enum given_asid {
	GIVEN_AT_BIRTH, /* or never, as asid= says */
	GIVEN_BEFORE, /* the walker's CPU loads the mm under it */
	GIVEN_MEANWHILE, /* the walker's CPU has the mm loaded already: a transition */
};

struct flush_errand {
	struct mm_struct *mm;
	bool freed_tables;
	enum given_asid given;
	struct flush_receipt receipt;
};

static void do_flush(void *arg)
{
	struct flush_errand *f = arg;

	f->receipt = flush_tlb_mm_range(f->mm, 0, TLB_FLUSH_ALL, 0, f->freed_tables);
}

enum claim_verdict {
	CLAIM_HOLDS,
	CLAIM_TOO_BOLD, /* says it waited, and returned with the walker still inside */
	CLAIM_TOO_MODEST, /* says it did not, and was held up */
	CLAIM_STUCK, /* did not come back at all */
};

/* One flush against a walker on the last CPU, of an mm of its own. */
static enum claim_verdict try_claim(struct flush_errand *f, u64 held_up_ns)
{
	bool early, back;
	struct errand e;

	f->mm = mm_alloc("claim");
	BUG_ON(!f->mm);
	if (f->given == GIVEN_BEFORE)
		use_global_asid(f->mm);
	holder_start_on(num_online_cpus() - 1, f->mm, HOLD_IRQS_OFF);
	if (f->given == GIVEN_MEANWHILE)
		use_global_asid(f->mm);
	BUG_ON(!errand_start(&e, 1, do_flush, f));
	early = errand_done_within(&e, held_up_ns);
	holders_release();
	back = errand_done_within(&e, NOT_HELD_UP_NS);
	errand_end(&e);
	holders_stop();
	mm_free(f->mm);
	if (!back)
		return CLAIM_STUCK;
	if (early == !f->receipt.waited)
		return CLAIM_HOLDS;
	return early ? CLAIM_TOO_BOLD : CLAIM_TOO_MODEST;
}

static enum claim_verdict judge_claim(struct flush_errand *f, enum claim_verdict want)
{
	enum claim_verdict v = try_claim(f, HELD_UP_NS);

	/* Perhaps it was only slow: many CPUs on one emulator thread, or a busy host. */
	return v == want ? v : try_claim(f, SURELY_BACK_NS);
}

static void expect_verdict(struct ktest *t, const struct flush_backend *b, enum claim_verdict v,
			   enum claim_verdict want)
{
	static const char *const words[] = {
		"holds",
		"is too bold: it says waited, and a walker was still inside",
		"is too modest: a walker held it up, and it does not say so",
		"cannot be judged: the flush does not return",
	};

	if (!KEXPECT_EQ(t, v, want))
		printk("# the claim of %s %s\n", b->name, words[v]);
}

static void claim_of(struct ktest *t, const struct flush_backend *b, bool freed_tables)
{
	struct flush_errand f = {.freed_tables = freed_tables};
	unsigned int seen[2] = {0};

	for (unsigned int i = 0; i < MAX_ROUNDS; i++) {
		expect_verdict(t, b, judge_claim(&f, CLAIM_HOLDS), CLAIM_HOLDS);
		seen[f.receipt.waited]++;
		if (flush_waits(b) != FLUSH_WAITS_SOMETIMES || (seen[0] && seen[1]))
			break;
	}
	if (flush_waits(b) == FLUSH_WAITS_ALWAYS)
		KEXPECT_EQ(t, seen[false], 0);
	else if (flush_waits(b) == FLUSH_WAITS_NEVER)
		KEXPECT_EQ(t, seen[true], 0);
	else
		printk("# %s: %u flushes waited, %u did not\n", b->name, seen[true], seen[false]);
}

/*
 * Where global ASIDs are handed out in use, both kinds are to be had: a mm that has none is
 * flushed by interrupts, and so is one whose CPUs have yet to load its new one.
 */
static void sampled_claims_of(struct ktest *t, const struct flush_backend *b)
{
	enum asid_mode old = asid_mode;

	asid_mode = ASID_SAMPLED;
	for (int given = GIVEN_AT_BIRTH; given <= GIVEN_MEANWHILE; given++) {
		struct flush_errand f = {.freed_tables = true, .given = given};

		expect_verdict(t, b, judge_claim(&f, CLAIM_HOLDS), CLAIM_HOLDS);
		KEXPECT_EQ(t, f.receipt.waited, given != GIVEN_BEFORE);
	}
	asid_mode = old;
}

/* Also with the walker's vCPU preempted in the middle of it. */
static void claims_of(struct ktest *t, const struct flush_backend *b)
{
	claim_of(t, b, false);
	claim_of(t, b, true);
	if (holders_preempt(true))
		claim_of(t, b, true);
	holders_preempt(false);
	if (b->broadcast)
		sampled_claims_of(t, b);
}

KTEST(claim, held_up_iff_it_says_waited)
{
	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a walker, a flusher and a witness");
	each_backend(t, claims_of);
}

static void is_refuted(struct ktest *t, const struct flush_backend *b)
{
	struct flush_errand f = {.freed_tables = true};

	expect_verdict(t, b, judge_claim(&f, CLAIM_TOO_BOLD), CLAIM_TOO_BOLD);
}

KTEST(claim, a_liar_is_refuted)
{
	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a walker, a flusher and a witness");
	each_busted_backend(t, is_refuted);
}

/*
 * A lazy CPU walks nothing: no flush may be held up by it, woken or not. And of a backend of
 * which all flushes wait, this one did.
 */
static void lazy_holds_nobody_up(struct ktest *t, const struct flush_backend *b)
{
	struct flush_errand f = {.mm = mm_alloc("lazy")};
	struct errand e;

	KASSERT(t, f.mm);
	for (int i = 0; i < 4; i++) {
		f.freed_tables = i & 1;
		holder_start_on(num_online_cpus() - 1, f.mm, HOLD_LAZY);
		BUG_ON(!errand_start(&e, 1, do_flush, &f));
		KEXPECT(t, errand_done_within(&e, NOT_HELD_UP_NS));
		errand_end(&e);
		holders_stop();
		if (flush_waits(b) == FLUSH_WAITS_ALWAYS)
			KEXPECT(t, f.receipt.waited);
		KEXPECT_LE(t, f.receipt.interrupted, 1);
		KEXPECT_EQ(t, f.receipt.ctx_id, f.mm->context.ctx_id);
	}
	mm_free(f.mm);
}

KTEST(claim, lazy_cpu_holds_nobody_up)
{
	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a lazy one, a flusher and a witness");
	each_backend(t, lazy_holds_nobody_up);
}

/* No other CPU has ever had the mm: no CPU to wait for, on any backend, and it says so. */
static void nobody_to_wait_for(struct ktest *t, const struct flush_backend *b)
{
	struct flush_errand f = {.mm = mm_alloc("alone")};

	KASSERT(t, f.mm);
	do_flush(&f);
	KEXPECT(t, f.receipt.waited);
	KEXPECT_EQ(t, f.receipt.interrupted, 0);
	mm_free(f.mm);
}

KTEST(claim, idle_cpus_are_left_alone)
{
	each_backend(t, nobody_to_wait_for);
}

KTEST(claim, unknown_names_are_refused)
{
	const struct flush_backend *backend = flush_backend();
	const struct pt_sync_policy *policy = pt_sync_policy();

	KEXPECT_EQ(t, flush_backend_select("ipi-"), -ENOENT);
	KEXPECT_EQ(t, flush_backend_select(""), -ENOENT);
	KEXPECT_EQ(t, pt_sync_policy_select("broadcas"), -ENOENT);
	KEXPECT(t, flush_backend() == backend && pt_sync_policy() == policy);
}

/* What a backend that broadcasts claims depends on which mms have a global ASID. */
KTEST(claim, depends_on_who_has_a_global_asid)
{
	enum asid_mode mode = asid_mode;

	linkset_for_each (flush_backend, b) {
		asid_mode = ASID_BORN;
		KEXPECT_EQ(t, flush_waits(b), b->waits);
		asid_mode = ASID_SAMPLED;
		KEXPECT_EQ(t, flush_waits(b), b->broadcast ? FLUSH_WAITS_SOMETIMES : b->waits);
		asid_mode = ASID_NEVER;
		KEXPECT_EQ(t, flush_waits(b), b->broadcast ? FLUSH_WAITS_ALWAYS : b->waits);
	}
	asid_mode = mode;
}
