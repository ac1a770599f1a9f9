/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which waits cover a walker in an NMI, wherever the NMI has hit?
 *
 * CPU1 runs a thread of A and is held in one of the states below. An NMI there begins to
 * walk A's tables (current->mm's) and is held inside the table that CPU2 withdraws. That
 * CPU2 gets to the end of its operation, deposits or reuses the table, says that nothing
 * covered the walk: neither the flush nor the policy's wait. The walks oracle must say the same.
 *
 *	CPU1 thread of A, NMI			CPU2			(state "flushed")
 *	use_temporary_mm(), IRQs on
 *						flush A: interrupts CPU1
 *	handler: A is not loaded here,
 *	leaves mm_cpumask(A)
 *	NMI: pmd = read PMD of A
 *						clear PMD; flush A: the mask is empty,
 *						so it "waited"; no sync; deposit the table
 *	NMI: pte = read PTE in the table
 */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/asid.h>
#include <asm/mmu_context.h>
#include <mm/khugepaged.h>
#include <mm/perf_walk.h>
#include <mm/pt_sync.h>
#include <tests/errand.h>
#include <tests/holders.h>
#include <tests/nmi_walker.h>
#include <tests/oracle.h>
#include <tests/sharers.h>
#include <tests/thp.h>

#define WALKER_CPU 1
#define WRITER_CPU 2

enum state {
	RUNNING, /* A is loaded, interrupts are on */
	SWITCHED, /* the scheduler has loaded the next thread's mm, current is still A's */
	LAZY, /* the next thread has none: A is lazy, current is still A's */
	TEMPORARY, /* a temporary mm is loaded, interrupts off: text_poke() */
	FLUSHED, /* a temporary mm is loaded, interrupts on, and a flush of A came by */
	BORROWING, /* kthread_use_mm(): current->mm is A, and not yet loaded */
	NR_STATES
};

enum op {
	COLLAPSE, /* its flush interrupts every CPU in the mask */
	UNSHARE, /* its flush does not: CPUs that are lazy, or have another mm loaded */
	UNSHARE_WAKING, /* unshare=wake-lazy */
	NR_OPS
};

static const char *const state_names[] = {"running",   "switched", "lazy",
					  "temporary", "flushed",  "borrowing"};
static const char *const op_text[] = {"collapse", "unshare", "unshare, waking"};

struct scene {
	enum op op;
	struct mm_struct *mm; /* A */
	struct mm_struct *other; /* the next thread's, or the temporary one */
	struct sharers sharers;
	unsigned long addr;
};

static void scene_end(struct scene *s)
{
	if (s->op != COLLAPSE)
		sharers_end(&s->sharers);
	else if (s->mm)
		mm_free(s->mm);
	if (s->other)
		mm_free(s->other);
}

static bool scene_begin(struct scene *s, enum op op)
{
	*s = (struct scene){.op = op, .other = mm_alloc("other"), .addr = THP_ADDR};
	if (op != COLLAPSE) {
		s->addr = SHARED_ADDR;
		if (!sharers_begin(&s->sharers, 2, 1))
			return false;
		s->mm = s->sharers.mm[1];
		return s->other;
	}
	s->mm = thp_mm("walked");
	return s->mm && s->other;
}

/* The operation, to the point where the table is something else. */
static void operate(void *arg)
{
	struct scene *s = arg;

	if (s->op == COLLAPSE) {
		collapse_huge_page(s->mm, THP_ADDR);
	} else {
		sharers_unshare(s->mm, 0);
		sharers_reuse(&s->sharers);
	}
}

struct victim {
	const struct scene *scene;
	enum state state;
	bool ready, go;
};

static void stand(struct victim *v)
{
	smp_store_release(&v->ready, true); /* pairs with victim_start() */
	while (!READ_ONCE(v->go))
		cpu_relax();
}

static void stand_borrowing(struct victim *v, struct mm_struct *mm)
{
	local_irq_disable();
	current->mm = mm;
	stand(v);
	current->mm = NULL;
	local_irq_enable();
}

static void stand_in_switch(struct victim *v, struct mm_struct *mm)
{
	local_irq_disable();
	if (v->state == SWITCHED)
		switch_mm_irqs_off(NULL, v->scene->other, NULL);
	else if (v->state == LAZY)
		enter_lazy_tlb(mm, current);
	stand(v);
	switch_mm_irqs_off(NULL, mm, current);
	local_irq_enable();
}

static void stand_in_temporary(struct victim *v)
{
	struct mm_struct *prev;

	preempt_disable();
	if (v->state == TEMPORARY)
		local_irq_disable();
	prev = use_temporary_mm(v->scene->other);
	stand(v);
	unuse_temporary_mm(prev);
	if (v->state == TEMPORARY)
		local_irq_enable();
	preempt_enable();
}

static int victim(void *arg)
{
	struct victim *v = arg;
	struct mm_struct *mm = v->scene->mm;

	if (v->state == BORROWING) {
		stand_borrowing(v, mm);
		return 0;
	}
	kthread_use_mm(mm);
	if (v->state == SWITCHED || v->state == LAZY) {
		stand_in_switch(v, mm);
	} else if (v->state == TEMPORARY || v->state == FLUSHED) {
		stand_in_temporary(v);
	} else {
		preempt_disable();
		stand(v);
		preempt_enable();
	}
	kthread_unuse_mm(mm);
	return 0;
}

static struct task_struct *victim_start(struct victim *v)
{
	struct task_struct *task = kthread_create_bound(victim, v, WALKER_CPU, "victim");

	BUG_ON(!task);
	wake_up_process(task);
	while (!smp_load_acquire(&v->ready)) /* pairs with stand() */
		cpu_relax();
	if (v->state == FLUSHED)
		flush_tlb_mm(v->scene->mm);
	return task;
}

static void victim_end(struct victim *v, struct task_struct *task)
{
	WRITE_ONCE(v->go, true);
	kthread_stop(task);
}

/* Holds the NMI up before its first read of an entry at @site. */
static struct {
	enum sync_site site;
	bool inside, release;
} park;

static void park_hook(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	if (!in_nmi() || site != park.site || park.inside)
		return;
	smp_store_release(&park.inside, true); /* pairs with walk_and_park() */
	while (!READ_ONCE(park.release)) {
		cpu_relax();
		nmi_poll();
	}
}

/* Returns whether the walker got there. */
static bool walk_and_park(const struct scene *s)
{
	park.site = s->op == COLLAPSE ? SITE_PTE : SITE_PMD;
	park.release = false;
	park.inside = false;
	WRITE_ONCE(sync_point_hook, park_hook);
	nmi_walk_ask(WALKER_CPU, s->addr);
	while (!nmi_walk_done(WALKER_CPU, NULL)) {
		if (smp_load_acquire(&park.inside)) /* pairs with park_hook() */
			return true;
		cpu_relax();
	}
	return false;
}

static void unpark(void)
{
	WRITE_ONCE(park.release, true);
	while (!nmi_walk_done(WALKER_CPU, NULL))
		cpu_relax();
}

/* Was the walk covered? Waits longer for what should not happen than for what should. */
static bool covered(struct ktest *t, struct scene *s, enum state state, bool expected)
{
	struct victim v = {.scene = s, .state = state};
	struct task_struct *task = victim_start(&v);
	struct errand e;
	bool early;

	oracle_reset();
	KEXPECT(t, walk_and_park(s));
	BUG_ON(!errand_start(&e, WRITER_CPU, operate, s));
	early = errand_done_within(&e, expected ? HELD_UP_NS : SURELY_BACK_NS);
	unpark();
	victim_end(&v, task);
	KEXPECT(t, errand_done_within(&e, NOT_HELD_UP_NS));
	errand_end(&e);
	KEXPECT_EQ(t, oracle_violations() != 0, early);
	oracle_reset();
	return !early;
}

/*
 * @row: for each state, for each operation: '+' covered, '-' not. The trimming of masks is
 * off: once a second it sends the interrupt that is missing.
 */
static void expect_row(struct ktest *t, const char *backend, const char *policy, const char *row)
{
	const char *old_backend = flush_backend()->name, *old_policy = pt_sync_policy()->name;
	void (*old_hook)(enum sync_site, enum sync_rw, const volatile void *) = sync_point_hook;
	bool old_trim = mm_cpumask_trim, old_wakes = tlb_unshare_wakes_lazy;
	enum asid_mode old_asid = asid_mode;

	KASSERT(t, !flush_backend_select(backend) && !pt_sync_policy_select(policy));
	mm_cpumask_trim = false;
	asid_mode = ASID_BORN; /* what can be a broadcast is one */
	for (enum state st = RUNNING; st < NR_STATES; st++) {
		for (enum op op = COLLAPSE; op < NR_OPS; op++) {
			bool expected = row[st * (NR_OPS + 1) + op] == '+';
			struct scene s;

			tlb_unshare_wakes_lazy = op == UNSHARE_WAKING;
			if (KEXPECT(t, scene_begin(&s, op)) &&
			    covered(t, &s, st, expected) != expected)
				ktest_fail(t, __FILE__, __LINE__, "%s, %s: a walk is%s covered",
					   state_names[st], op_text[op], expected ? " not" : "");
			scene_end(&s);
		}
	}
	WRITE_ONCE(sync_point_hook, old_hook);
	mm_cpumask_trim = old_trim;
	asid_mode = old_asid;
	tlb_unshare_wakes_lazy = old_wakes;
	KEXPECT(t, !flush_backend_select(old_backend) && !pt_sync_policy_select(old_policy));
}

static const char *why_not(void)
{
	if (!CONFIG_HOOKS)
		return "no CPU can be held up without hooks";
	if (num_online_cpus() < 3)
		return "needs three CPUs: a walker, a writer and a witness";
	return sharers_lack(1);
}

/*
 * Columns: running, switched, lazy, temporary, flushed, borrowing; in each collapse, unshare,
 * unshare=wake-lazy.
 */
#define __ROW(suffix, backend, policy, eager, row)   \
	KTEST(perf_covered, suffix)                  \
	{                                            \
		bool old = mm_cpumask_eager;         \
                                                     \
		if (why_not())                       \
			KSKIP(t, why_not());         \
		mm_cpumask_eager = eager;            \
		expect_row(t, backend, policy, row); \
		mm_cpumask_eager = old;              \
	}
#define ROW(suffix, backend, policy, row)   __ROW(suffix, backend, policy, false, row)
#define EAGER(suffix, backend, policy, row) __ROW(suffix, backend, policy, true, row)

ROW(ipi_broadcast, "ipi", "broadcast", "+++ +++ +++ +++ +++ +++")
ROW(ipi_targeted, "ipi", "targeted", "+++ +++ +++ +++ +++ +++")
/* The flush alone: all of the mask, or CPUs that have the mm loaded and are not lazy. */
ROW(ipi_receipt, "ipi", "receipt", "+++ +-+ +-+ +-+ --- ---")
ROW(ipi_implied, "ipi", "implied", "+++ +-+ +-+ +-+ --- ---")
/* All of the mask. */
ROW(ipi_mmcpus, "ipi", "mmcpus", "+++ +++ +++ +++ --- ---")
/* Flushes here wait for no CPU, and take none from the mask; but an empty mask counts as waited. */
ROW(invlpgb_broadcast, "invlpgb-nmi", "broadcast", "+++ +++ +++ +++ +++ +++")
ROW(invlpgb_targeted, "invlpgb-nmi", "targeted", "+++ +++ +++ +++ +++ +++")
ROW(invlpgb_receipt, "invlpgb-nmi", "receipt", "+++ +++ +++ +++ +++ ---")
ROW(invlpgb_mmcpus, "invlpgb-nmi", "mmcpus", "+++ +++ +++ +++ +++ ---")

/* Linux up to 6.13: a CPU that switches away leaves the mask at once. */
EAGER(ipi_broadcast_eager, "ipi", "broadcast", "+++ +++ +++ +++ +++ +++")
EAGER(ipi_receipt_eager, "ipi", "receipt", "+++ --- +-+ --- --- ---")
EAGER(ipi_mmcpus_eager, "ipi", "mmcpus", "+++ --- +++ --- --- ---")

/*
 * The walker of Linux walks in every state. One that first checks whether its mm is loaded walks
 * only where all rows above have a '+'.
 */
static void expect_sizes(struct ktest *t, bool loaded_only)
{
	bool old = perf_walk_loaded_only;

	perf_walk_loaded_only = loaded_only;
	for (enum state st = RUNNING; st < NR_STATES; st++) {
		struct victim v = {.state = st};
		struct task_struct *task;
		struct scene s;
		u64 size;

		KASSERT(t, scene_begin(&s, COLLAPSE));
		v.scene = &s;
		task = victim_start(&v);
		nmi_walk_ask(WALKER_CPU, s.addr);
		while (!nmi_walk_done(WALKER_CPU, &size))
			cpu_relax();
		KEXPECT_EQ(t, size, loaded_only && st != RUNNING ? 0 : PAGE_SIZE);
		victim_end(&v, task);
		scene_end(&s);
	}
	perf_walk_loaded_only = old;
}

KTEST(perf_covered, walks_whatever_is_loaded)
{
	if (why_not())
		KSKIP(t, why_not());
	expect_sizes(t, false);
}

KTEST(perf_covered, asks_what_is_loaded)
{
	if (why_not())
		KSKIP(t, why_not());
	expect_sizes(t, true);
}
