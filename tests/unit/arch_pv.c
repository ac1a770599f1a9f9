/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flushes that do not always wait: pv's protocol, with the hypervisor's model controlled by the
 * test, and receipts of sometimes-ipi.
 */
#include <kernel/irqflags.h>
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/pv.h>
#include <asm/pv_model.h>
#include <asm/smp.h>
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <tests/holders.h>

#define ADDR	0x40000000UL
#define WAIT_NS (30 * NSEC_PER_SEC)

/* A vCPU that runs @mm and is preempted until @resume; then loads from ADDR once. */
static struct vcpu {
	struct mm_struct *mm;
	struct task_struct *task;
	unsigned int cpu;
	bool preempted, resume;
	bool flushed; /* on resume */
	u64 interrupts; /* taken between the two, as the CPU itself has counted them */
	int load;
	const char *backend; /* that was in use before */
} vcpu; /* one test at a time */

static int vcpu_thread(void *unused)
{
	u64 before, val;

	kthread_use_mm(vcpu.mm);
	get_user_u64(&val, ADDR); /* now the TLB may have it */
	local_irq_disable();
	before = irq_count(vcpu.cpu, CALL_FUNCTION_VECTOR);
	pv_model_suspend();
	smp_store_release(&vcpu.preempted, true); /* pairs with vcpu_start() */
	while (!READ_ONCE(vcpu.resume))
		cpu_relax();
	vcpu.flushed = pv_model_resume();
	vcpu.load = get_user_u64(&val, ADDR);
	vcpu.interrupts = irq_count(vcpu.cpu, CALL_FUNCTION_VECTOR) - before;
	local_irq_enable();
	kthread_unuse_mm(vcpu.mm);
	return 0;
}

static u8 vcpu_byte(void)
{
	return READ_ONCE(per_cpu(steal_time, vcpu.cpu).preempted);
}

/* On the last CPU. NULL: it is there, preempted; else why the test cannot be run. */
static const char *vcpu_start(void)
{
	if (num_online_cpus() < 2)
		return "needs two CPUs";
	if (!pv_model_on())
		return "needs the hypervisor's model, pv=model";
	vcpu = (struct vcpu){
		.mm = mm_alloc("vcpu"),
		.cpu = num_online_cpus() - 1,
		.backend = flush_backend()->name,
	};
	BUG_ON(!vcpu.mm || flush_backend_select("pv"));
	BUG_ON(mm_mmap(vcpu.mm, ADDR, PAGE_SIZE, VM_WRITE, NULL, 0) ||
	       fault_in(vcpu.mm, ADDR, true));
	vcpu.task = kthread_create_bound(vcpu_thread, NULL, (int)vcpu.cpu, "vcpu");
	BUG_ON(!vcpu.task);
	wake_up_process(vcpu.task);
	while (!smp_load_acquire(&vcpu.preempted)) /* pairs with vcpu_thread() */
		cpu_relax();
	return NULL;
}

/* The host lets it run on; returns when it has done its load. */
static void vcpu_resume(void)
{
	WRITE_ONCE(vcpu.resume, true);
	kthread_stop(vcpu.task);
}

static void vcpu_end(struct ktest *t)
{
	KEXPECT_EQ(t, vcpu_byte(), 0);
	KEXPECT_EQ(t, flush_backend_select(vcpu.backend), 0);
	mm_free(vcpu.mm);
}

#define VCPU_START(t)                                 \
	do {                                          \
		const char *__why_not = vcpu_start(); \
		if (__why_not)                        \
			KSKIP(t, __why_not);          \
	} while (0)

KTEST(pv, bytes)
{
	VCPU_START(t);
	KEXPECT_EQ(t, vcpu_byte(), KVM_VCPU_PREEMPTED);
	KEXPECT(t, pv_defer_flush(vcpu.cpu));
	KEXPECT_EQ(t, vcpu_byte(), KVM_VCPU_PREEMPTED | KVM_VCPU_FLUSH_TLB);
	/* The second one relies on the same flush. */
	KEXPECT(t, pv_defer_flush(vcpu.cpu));
	KEXPECT_EQ(t, vcpu_byte(), KVM_VCPU_PREEMPTED | KVM_VCPU_FLUSH_TLB);
	vcpu_resume();
	KEXPECT(t, vcpu.flushed);
	KEXPECT_EQ(t, vcpu_byte(), 0);
	KEXPECT(t, !pv_defer_flush(vcpu.cpu));
	KEXPECT_EQ(t, vcpu_byte(), 0);
	vcpu_end(t);
}

KTEST(pv, not_asked_not_flushed)
{
	VCPU_START(t);
	vcpu_resume();
	KEXPECT(t, !vcpu.flushed);
	KEXPECT_EQ(t, vcpu.load, 0);
	vcpu_end(t);
}

/* Left out: no interrupt, no wait, and yet no old translation when it runs on. */
KTEST(pv, preempted_is_left_out)
{
	struct flush_receipt r;

	VCPU_START(t);
	KEXPECT_EQ(t, mm_munmap(vcpu.mm, ADDR, PAGE_SIZE), 0);
	KEXPECT_EQ(t, vcpu_byte(), KVM_VCPU_PREEMPTED | KVM_VCPU_FLUSH_TLB);
	r = flush_tlb_mm(vcpu.mm);
	KEXPECT_EQ(t, r.interrupted, 0);
	KEXPECT(t, !r.waited);
	vcpu_resume();
	KEXPECT(t, vcpu.flushed);
	KEXPECT_EQ(t, vcpu.interrupts, 0);
	KEXPECT_EQ(t, vcpu.load, -EFAULT);
	vcpu_end(t);
}

/* The others are interrupted as usual; the claim covers all of them together. */
KTEST(pv, others_are_interrupted)
{
	struct flush_receipt r;

	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: one that is preempted and one that is not");
	VCPU_START(t);
	holder_start_on(1, vcpu.mm, HOLD_RUNNING);
	r = flush_tlb_mm(vcpu.mm);
	KEXPECT_EQ(t, r.interrupted, 1);
	KEXPECT(t, !r.waited);
	vcpu_resume();
	KEXPECT_EQ(t, vcpu.interrupts, 0);
	/* No vCPU is preempted now. The vCPU's CPU has the mm at most lazily: one or two. */
	r = flush_tlb_mm(vcpu.mm);
	KEXPECT_GE(t, r.interrupted, 1);
	KEXPECT(t, r.waited);
	holders_stop();
	vcpu_end(t);
}

/* Between the read of the byte and the cmpxchg the vCPU runs on. */
static bool hook_hit;

static void resume_now(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	u64 end = sched_clock() + WAIT_NS;

	if (site != SITE_VCPU || obj != &per_cpu(steal_time, vcpu.cpu).preempted)
		return;
	hook_hit = true;
	WRITE_ONCE(vcpu.resume, true);
	while (vcpu_byte() && sched_clock() < end)
		cpu_relax();
}

KTEST(pv, resumed_in_between_is_interrupted)
{
	struct flush_receipt r;

	if (!CONFIG_HOOKS)
		KSKIP(t, "needs sync points: FLAVOUR=debug");
	VCPU_START(t);
	hook_hit = false;
	WRITE_ONCE(sync_point_hook, resume_now);
	r = flush_tlb_mm(vcpu.mm);
	WRITE_ONCE(sync_point_hook, NULL);
	KEXPECT(t, hook_hit);
	KEXPECT_EQ(t, r.interrupted, 1);
	KEXPECT(t, r.waited);
	vcpu_resume();
	KEXPECT(t, !vcpu.flushed);
	vcpu_end(t);
}

/* A sync interrupts every CPU that it has to, preempted or not: it returns after the vCPU ran on. */
struct syncer {
	bool done;
};

static int sync_thread(void *arg)
{
	struct syncer *s = arg;

	tlb_remove_table_sync_one();
	smp_store_release(&s->done, true); /* pairs with the test's acquire */
	return 0;
}

KTEST(pv, sync_waits_for_preempted)
{
	struct syncer s = {0};
	struct task_struct *task;
	u64 end;

	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a vCPU, a waiter and a witness");
	VCPU_START(t);
	task = kthread_create_bound(sync_thread, &s, 1, "syncer");
	KASSERT(t, task);
	wake_up_process(task);
	for (end = sched_clock() + 50 * NSEC_PER_MSEC; sched_clock() < end;)
		schedule_timeout_ns(NSEC_PER_MSEC);
	KEXPECT(t, !smp_load_acquire(&s.done)); /* pairs with sync_thread() */
	vcpu_resume();
	kthread_stop(task);
	KEXPECT(t, smp_load_acquire(&s.done));
	vcpu_end(t);
}

/*
 * Both kinds of flush come, and policy receipt leaves out the sync after exactly those that
 * waited. The walker that is interrupted, or not, counts for itself which kind it was.
 */
#define FLUSHES 64

KTEST(sometimes_ipi, receipt_skips_what_waited)
{
	const char *backend = flush_backend()->name, *policy = pt_sync_policy()->name;
	unsigned int cpu = num_online_cpus() - 1, kinds[2] = {0}, wrong = 0;
	struct mm_struct *mm = mm_alloc("mixed");
	struct ptdesc *pt;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs two CPUs");
	KASSERT(t, mm);
	pt = pagetable_alloc(mm, PT_LEVEL_PTE);
	KASSERT(t, pt);
	KASSERT(t, !flush_backend_select("sometimes-ipi") && !pt_sync_policy_select("receipt"));
	holder_start_on(cpu, mm, HOLD_RUNNING);
	for (unsigned int i = 0; i < FLUSHES; i++) {
		struct pt_withdrawal w = pt_withdraw(mm, pt, ADDR);
		u64 irqs = irq_count(cpu, CALL_FUNCTION_VECTOR);
		struct flush_receipt r = flush_tlb_mm(mm);
		bool interrupted = irq_count(cpu, CALL_FUNCTION_VECTOR) != irqs;
		struct task_acct before = current->acct;

		pt_sync_wait(&w, r);
		kinds[r.waited]++;
		wrong += r.waited != interrupted || r.interrupted != interrupted ||
			 current->acct.skipped - before.skipped != interrupted ||
			 current->acct.syncs - before.syncs != !interrupted;
	}
	KEXPECT_EQ(t, wrong, 0);
	KEXPECT_GT(t, kinds[false], 0);
	KEXPECT_GT(t, kinds[true], 0);
	holders_stop();
	KEXPECT_EQ(t, flush_backend_select(backend), 0);
	KEXPECT_EQ(t, pt_sync_policy_select(policy), 0);
	pagetable_free(pt);
	mm_free(mm);
}
