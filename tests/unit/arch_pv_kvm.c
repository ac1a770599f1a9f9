/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pv's protocol with KVM itself as the host: flush=pv on a KVM that offers it. A vCPU that
 * halts counts as preempted, so a test need not wait until its host has something else to run.
 */
#include <kernel/irqflags.h>
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/insn.h>
#include <asm/pv.h>
#include <asm/pv_model.h>
#include <asm/uaccess.h>
#include <mm/mm.h>

#define ADDR	0x40000000UL
#define ENOUGH	8 /* flushes that left the vCPU out */
#define MOST_NS (30 * NSEC_PER_SEC)

/* A thread that runs @mm: it loads from ADDR, then halts with the mm loaded, not lazily. */
static struct halter {
	struct mm_struct *mm;
	bool stop;
	u64 loads; /* how many; written after the result of the last one */
	int result;
} halter; /* one test at a time */

static int halter_thread(void *unused)
{
	u64 val;

	kthread_use_mm(halter.mm);
	while (!READ_ONCE(halter.stop)) {
		WRITE_ONCE(halter.result, get_user_u64(&val, ADDR));
		smp_store_release(&halter.loads, halter.loads + 1); /* pairs with next_load() */
		local_irq_disable();
		insn_sti_hlt(); /* until the next tick, at the latest */
	}
	kthread_unuse_mm(halter.mm);
	return 0;
}

/* What a load found that began after now. */
static int next_load(void)
{
	u64 loads = READ_ONCE(halter.loads);

	while (smp_load_acquire(&halter.loads) < loads + 2) /* pairs with halter_thread() */
		cpu_relax();
	return READ_ONCE(halter.result);
}

static void wait_halted(unsigned int cpu)
{
	const u8 *byte = &per_cpu(steal_time, cpu).preempted;
	u64 end = sched_clock() + NSEC_PER_SEC;

	while (!(READ_ONCE(*byte) & KVM_VCPU_PREEMPTED) && sched_clock() < end)
		cpu_relax();
}

/* Left out of the flush, and yet no old translation when it runs on. */
KTEST(pv, halted_vcpu_is_flushed_by_kvm)
{
	unsigned int cpu = num_online_cpus() - 1, left_out = 0, stale = 0;
	u64 end = sched_clock() + MOST_NS;
	struct task_struct *task;
	struct mm_struct *mm;

	if (pv_model_on())
		KSKIP(t, "needs KVM as the host: flush=pv, on a KVM that offers its flush");
	mm = mm_alloc("halter");
	KASSERT(t, mm);
	halter = (struct halter){.mm = mm};
	task = kthread_create_on_cpu(halter_thread, NULL, (int)cpu, "halter");
	KASSERT(t, task);
	wake_up_process(task);
	while (left_out < ENOUGH && sched_clock() < end) {
		u64 ipis;

		KASSERT(t, !mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE, NULL, 0) &&
				   !fault_in(mm, ADDR, true));
		KEXPECT_EQ(t, next_load(), 0);
		wait_halted(cpu);
		ipis = current->acct.flush_ipis;
		KEXPECT_EQ(t, mm_munmap(mm, ADDR, PAGE_SIZE), 0);
		left_out += current->acct.flush_ipis == ipis;
		stale += next_load() != -EFAULT;
	}
	KEXPECT_EQ(t, left_out, ENOUGH);
	KEXPECT_EQ(t, stale, 0);
	WRITE_ONCE(halter.stop, true);
	kthread_stop(task);
	mmput(mm);
}
