/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that hold CPUs in a known state. See <tests/holders.h>. */
#include <kernel/bug.h>
#include <kernel/irqflags.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <mm/mm.h>
#include <tests/holders.h>

static struct holder {
	struct task_struct *task;
	struct mm_struct *mm;
	enum holder_state state;
	bool ready;
} holders[CONFIG_NR_CPUS];
static bool release;

static int holder(void *arg)
{
	struct holder *h = arg;

	kthread_use_mm(h->mm);
	if (h->state == HOLD_IRQS_OFF)
		local_irq_disable();
	smp_store_release(&h->ready, true); /* pairs with wait_ready() */
	while (!READ_ONCE(release)) {
		if (h->state == HOLD_LAZY)
			schedule_timeout_ns(0);
		else
			cpu_relax();
	}
	if (h->state == HOLD_IRQS_OFF)
		local_irq_enable();
	kthread_unuse_mm(h->mm);
	return 0;
}

static void wait_ready(unsigned int cpu)
{
	struct holder *h = &holders[cpu];

	while (!smp_load_acquire(&h->ready)) /* pairs with holder() */
		cpu_relax();
	/* Asleep is when the CPU has switched to its idle thread, not when the flag says so. */
	while (h->state == HOLD_LAZY && !tlb_cpu_lazy((int)cpu))
		cpu_relax();
}

static void start_one(unsigned int cpu, struct mm_struct *mm, enum holder_state state)
{
	struct holder *h = &holders[cpu];

	BUG_ON(h->task);
	h->mm = mm;
	h->state = state;
	h->ready = false;
	h->task = kthread_create_on_cpu(holder, h, (int)cpu, "holder");
	BUG_ON(!h->task);
	wake_up_process(h->task);
}

void holder_start_on(unsigned int cpu, struct mm_struct *mm, enum holder_state state)
{
	WRITE_ONCE(release, false);
	start_one(cpu, mm, state);
	wait_ready(cpu);
}

void holders_start(struct mm_struct *mm, enum holder_state state)
{
	unsigned int self = (unsigned int)raw_smp_processor_id(), cpu;

	WRITE_ONCE(release, false);
	for_each_online_cpu (cpu)
		if (cpu != self)
			start_one(cpu, mm, state);
	for_each_online_cpu (cpu)
		if (cpu != self)
			wait_ready(cpu);
}

void holders_release(void)
{
	WRITE_ONCE(release, true);
}

void holders_stop(void)
{
	unsigned int cpu;

	holders_release();
	for_each_online_cpu (cpu) {
		if (!holders[cpu].task)
			continue;
		wake_up_process(holders[cpu].task);
		kthread_stop(holders[cpu].task);
		holders[cpu].task = NULL;
	}
}
