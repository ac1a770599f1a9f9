/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way of an mm that is in use to a global ASID: which CPUs each flush interrupts, and
 * what the receipts say of it. This is a backend that waits for walkers sometimes.
 */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/asid.h>
#include <asm/smp.h>
#include <mm/huge_mm.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <tests/holders.h>
#include <tests/thp.h>

#define VECTOR_NMI 2

static struct {
	const char *backend, *policy;
	enum asid_mode mode;
	unsigned int period, cpus;
} saved;

/* Every flush by interrupts is sampled, and one other CPU is enough. */
static void begin(struct ktest *t)
{
	saved.backend = flush_backend()->name;
	saved.policy = pt_sync_policy()->name;
	saved.mode = asid_mode;
	saved.period = asid_sample_period;
	saved.cpus = asid_sample_cpus;
	KEXPECT_EQ(t, flush_backend_select("invlpgb-nmi"), 0);
	asid_mode = ASID_SAMPLED;
	asid_sample_period = 1;
	asid_sample_cpus = 0;
}

static void end(struct ktest *t)
{
	asid_mode = saved.mode;
	asid_sample_period = saved.period;
	asid_sample_cpus = saved.cpus;
	KEXPECT_EQ(t, flush_backend_select(saved.backend), 0);
	KEXPECT_EQ(t, pt_sync_policy_select(saved.policy), 0);
}

/* CPUs that have @mm loaded under @asid. */
static unsigned int loaded_under(struct mm_struct *mm, u16 asid)
{
	unsigned int cpu, n = 0;

	for_each_online_cpu (cpu)
		n += tlb_cpu_loaded_mm((int)cpu) == mm && tlb_cpu_loaded_asid((int)cpu) == asid;
	return n;
}

/* An mm that every other CPU has; NULL: no memory. */
static struct mm_struct *held_mm(const char *name, enum holder_state state)
{
	struct mm_struct *mm = mm_alloc(name);

	if (mm)
		holders_start(mm, state);
	return mm;
}

static void let_go(struct mm_struct *mm)
{
	holders_stop();
	mm_free(mm);
}

/* One flush that frees no tables; checked: which CPUs it interrupted, and which took an NMI. */
static struct flush_receipt flush_expect(struct ktest *t, struct mm_struct *mm,
					 unsigned int interrupted, unsigned int nmis)
{
	u64 calls = others_took(CALL_FUNCTION_VECTOR), nmi = others_took(VECTOR_NMI);
	struct flush_receipt r = flush_tlb_mm_range(mm, 0, TLB_FLUSH_ALL, 0, false);

	KEXPECT_EQ(t, r.interrupted, interrupted);
	KEXPECT_EQ(t, others_took(CALL_FUNCTION_VECTOR) - calls, interrupted);
	KEXPECT_EQ(t, others_took(VECTOR_NMI) - nmi, nmis);
	KEXPECT_EQ(t, r.waited, interrupted > 0);
	return r;
}

KTEST(asid_transition, interrupts_twice_then_never)
{
	struct mm_struct *mm;
	u16 asid;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs two CPUs");
	begin(t);
	mm = held_mm("transition", HOLD_RUNNING);
	KASSERT(t, mm);
	KEXPECT_EQ(t, mm_global_asid(mm), 0);
	flush_expect(t, mm, other_cpus(), 0);
	asid = mm_global_asid(mm);
	KEXPECT(t, is_global_asid(asid));
	KEXPECT(t, mm_in_asid_transition(mm));
	KEXPECT_EQ(t, loaded_under(mm, asid), 0);
	/* The broadcast reaches no CPU yet: this one waits as well. */
	flush_expect(t, mm, other_cpus(), other_cpus());
	KEXPECT_EQ(t, loaded_under(mm, asid), other_cpus());
	KEXPECT(t, mm_in_asid_transition(mm));
	flush_expect(t, mm, 0, other_cpus());
	KEXPECT(t, !mm_in_asid_transition(mm));
	for (int i = 0; i < 4; i++)
		flush_expect(t, mm, 0, other_cpus());
	let_go(mm);
	end(t);
}

/* Below the threshold, or outside of the sampled tick, everything stays as it is. */
KTEST(asid_transition, not_for_an_mm_on_few_cpus)
{
	struct mm_struct *mm;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs two CPUs");
	begin(t);
	asid_sample_cpus = other_cpus();
	mm = held_mm("few", HOLD_RUNNING);
	KASSERT(t, mm);
	for (int i = 0; i < 4; i++)
		flush_expect(t, mm, other_cpus(), 0);
	KEXPECT_EQ(t, mm_global_asid(mm), 0);
	let_go(mm);
	end(t);
}

/*
 * CPUs that hold the mm lazily are on a dynamic ASID as well, and would stay there while they
 * sleep. A flush in transition wakes them, although it frees no table, and they load init_mm.
 */
KTEST(asid_transition, lazy_cpus_let_go)
{
	struct mm_struct *mm;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs two CPUs");
	begin(t);
	mm = held_mm("lazy", HOLD_LAZY);
	KASSERT(t, mm);
	for (int i = 0; i < 2; i++) /* no CPU to interrupt, so waited, without any */
		KEXPECT_EQ(t, flush_tlb_mm_range(mm, 0, TLB_FLUSH_ALL, 0, false).interrupted, 0);
	KEXPECT_EQ(t, mm_global_asid(mm), 0);
	use_global_asid(mm);
	flush_expect(t, mm, other_cpus(), other_cpus());
	for (unsigned int cpu = 1; cpu < num_online_cpus(); cpu++)
		KEXPECT(t, tlb_cpu_loaded_mm((int)cpu) == &init_mm);
	flush_expect(t, mm, 0, other_cpus());
	KEXPECT(t, !mm_in_asid_transition(mm));
	let_go(mm);
	end(t);
}

/* Under a global ASID a lazy CPU is clean all the time: it is left alone, and keeps the mm. */
KTEST(asid_transition, lazy_cpus_keep_a_global_asid)
{
	struct mm_struct *mm;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs two CPUs");
	begin(t);
	asid_mode = ASID_BORN;
	mm = held_mm("lazy", HOLD_LAZY);
	KASSERT(t, mm);
	flush_expect(t, mm, 0, other_cpus());
	KEXPECT_EQ(t, flush_tlb_mm(mm).interrupted, 0);
	KEXPECT_EQ(t, loaded_under(mm, mm_global_asid(mm)), other_cpus());
	let_go(mm);
	end(t);
}

/* What has a global ASID is flushed by broadcasts, whichever backend is in use now. */
KTEST(asid_transition, outlives_its_backend)
{
	struct mm_struct *mm;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs two CPUs");
	begin(t);
	asid_mode = ASID_BORN;
	mm = held_mm("outlives", HOLD_RUNNING);
	KASSERT(t, mm);
	KEXPECT_EQ(t, flush_backend_select("ipi"), 0);
	flush_expect(t, mm, 0, other_cpus());
	let_go(mm);
	end(t);
}

/* Under policy receipt: exactly the collapses whose own flush waited leave their wait out. */
KTEST(asid_transition, receipt_skips_what_waited)
{
	unsigned int waited = 0, did_not = 0;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs two CPUs");
	begin(t);
	KEXPECT_EQ(t, pt_sync_policy_select("receipt"), 0);
	for (unsigned int round = 0; round < 3; round++) {
		struct mm_struct *mm = thp_mm("mixed");

		KASSERT(t, mm);
		holders_start(mm, HOLD_RUNNING);
		for (unsigned int i = 0; i < 4; i++) {
			struct task_acct was = current->acct, *now = &current->acct;
			u64 ipis;

			/* Mostly in the middle of a transition; not always begun by a collapse. */
			if (i == round)
				use_global_asid(mm);
			KEXPECT_EQ(t, collapse_huge_page(mm, THP_ADDR), 0);
			ipis = now->flush_ipis - was.flush_ipis;
			KEXPECT_EQ(t, now->flushes - was.flushes, 1);
			KEXPECT(t, ipis == 0 || ipis == other_cpus());
			KEXPECT_EQ(t, now->skipped - was.skipped, ipis > 0);
			KEXPECT_EQ(t, now->syncs - was.syncs, ipis == 0);
			waited += ipis > 0;
			did_not += ipis == 0;
			KEXPECT_EQ(t, mm_split_huge_pmd(mm, THP_ADDR), 0);
		}
		let_go(mm);
	}
	printk("# %u flushes waited, %u did not\n", waited, did_not);
	KEXPECT_GT(t, waited, 0);
	KEXPECT_GT(t, did_not, 0);
	end(t);
}

/*
 * Stress: flushers on two CPUs begin and end the transition of one mm after the other,
 * while the rest come and go between it and another one. No receipt says waited without
 * every CPU having been interrupted, and in the end no CPU is left behind.
 */
#define FIRE_ROUNDS 200
static struct mm_struct *fired;
static bool stop_fire;

static int comes_and_goes(void *arg)
{
	while (!READ_ONCE(stop_fire)) {
		kthread_use_mm(fired);
		cpu_relax();
		kthread_unuse_mm(fired);
		if (current->id & 1)
			schedule_timeout_ns(10000);
		else
			yield();
	}
	return 0;
}

static int flushes_too(void *arg)
{
	while (!READ_ONCE(stop_fire)) {
		flush_tlb_mm_range(fired, THP_ADDR, THP_ADDR + PAGE_SIZE, PAGE_SHIFT, false);
		cpu_relax();
	}
	return 0;
}

static void fire_round(struct ktest *t)
{
	static struct task_struct *tasks[CONFIG_NR_CPUS];
	unsigned int cpu, flushes = 0;

	fired = mm_alloc("fired");
	stop_fire = false;
	KASSERT(t, fired);
	for_each_online_cpu (cpu) {
		if (!cpu)
			continue;
		tasks[cpu] = kthread_create_bound(cpu == 1 ? flushes_too : comes_and_goes, NULL,
						  (int)cpu, "fire");
		KASSERT(t, tasks[cpu]);
		wake_up_process(tasks[cpu]);
	}
	while ((!mm_global_asid(fired) || mm_in_asid_transition(fired)) && flushes++ < 10000) {
		flush_tlb_mm_range(fired, 0, TLB_FLUSH_ALL, 0, flushes & 1);
		cpu_relax();
		if (flushes == 16)
			use_global_asid(fired); /* they may never have been in it at once */
	}
	KEXPECT(t, mm_global_asid(fired) && !mm_in_asid_transition(fired));
	for_each_online_cpu (cpu)
		KEXPECT(t, tlb_cpu_loaded_mm((int)cpu) != fired ||
				   is_global_asid(tlb_cpu_loaded_asid((int)cpu)));
	WRITE_ONCE(stop_fire, true);
	for_each_online_cpu (cpu)
		if (cpu)
			kthread_stop(tasks[cpu]);
	mm_free(fired);
}

KTEST(asid_transition, under_fire)
{
	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: two flushers and one that comes and goes");
	begin(t);
	for (unsigned int i = 0; i < FIRE_ROUNDS / num_online_cpus(); i++)
		fire_round(t);
	end(t);
}
