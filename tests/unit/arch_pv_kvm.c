/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pv's protocol with KVM itself as the host: flush=pv on a KVM that offers it and has more vCPUs
 * to run than CPUs, so that it preempts some.
 */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/pv.h>
#include <asm/pv_model.h>
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <tests/holders.h>

#define ADDR	0x40000000UL
#define ENOUGH	8 /* flushes that left the vCPU out */
#define MOST_NS (30 * NSEC_PER_SEC)

/* A thread that runs @mm and loads from ADDR all the time. */
static struct loader {
	struct mm_struct *mm;
	u64 loads; /* how many; written after the result of the last one */
	int result;
} loader; /* one test at a time */

static int loader_thread(void *unused)
{
	u64 val;

	kthread_use_mm(loader.mm);
	while (!kthread_should_stop()) {
		WRITE_ONCE(loader.result, get_user_u64(&val, ADDR));
		smp_store_release(&loader.loads, loader.loads + 1); /* pairs with next_load() */
		cpu_relax();
	}
	kthread_unuse_mm(loader.mm);
	return 0;
}

/* What a load found that began after now. */
static int next_load(void)
{
	u64 loads = READ_ONCE(loader.loads);

	while (smp_load_acquire(&loader.loads) < loads + 2) /* pairs with loader_thread() */
		cpu_relax();
	return READ_ONCE(loader.result);
}

/* False: not before @end. */
static bool wait_preempted(unsigned int cpu, u64 end)
{
	const u8 *byte = &per_cpu(steal_time, cpu).preempted;

	while (!(READ_ONCE(*byte) & KVM_VCPU_PREEMPTED)) {
		if (sched_clock() >= end)
			return false;
		cpu_relax();
	}
	return true;
}

/* munmap() while the loader's vCPU is preempted. Was it left out of the flush? */
static bool unmap_left_out(struct ktest *t)
{
	u64 ipis = current->acct.flush_ipis;

	KEXPECT_EQ(t, mm_munmap(loader.mm, ADDR, PAGE_SIZE), 0);
	return current->acct.flush_ipis == ipis;
}

/* Left out of the flush, and yet no old translation when it runs on. */
KTEST(pv, kvm_flushes_whom_it_preempted)
{
	unsigned int cpu = num_online_cpus() - 1, left_out = 0, stale = 0;
	u64 end = sched_clock() + MOST_NS;
	struct mm_struct *mm, *busy;
	struct task_struct *task;

	if (pv_model_on())
		KSKIP(t, "needs KVM as the host: flush=pv, on a KVM that offers its flush");
	mm = mm_alloc("loader");
	busy = mm_alloc("busy");
	KASSERT(t, mm && busy);
	loader = (struct loader){.mm = mm};
	holders_start(busy, HOLD_RUNNING);
	task = kthread_create_bound(loader_thread, NULL, (int)cpu, "loader");
	KASSERT(t, task);
	wake_up_process(task);
	while (left_out < ENOUGH) {
		KASSERT(t, !mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE, NULL, 0) &&
				   !fault_in(mm, ADDR, true));
		KEXPECT_EQ(t, next_load(), 0);
		if (!wait_preempted(cpu, end))
			break;
		left_out += unmap_left_out(t);
		stale += next_load() != -EFAULT;
	}
	kthread_stop(task);
	holders_stop();
	mm_free(mm);
	mm_free(busy);
	KEXPECT_EQ(t, stale, 0);
	if (left_out < ENOUGH)
		KSKIP(t, "this host preempts no vCPU: give the guest more CPUs than it has");
}
