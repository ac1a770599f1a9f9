/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that hold CPUs in a known state. See <tests/holders.h>. */
#include <kernel/bug.h>
#include <kernel/irqflags.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/pv_model.h>
#include <asm/smp.h>
#include <mm/gup.h>
#include <mm/mm.h>
#include <tests/holders.h>

static struct holder {
	struct task_struct *task;
	struct mm_struct *mm;
	enum holder_state state;
	unsigned long addr; /* HOLD_IN_WALK: what it looks up, */
	enum sync_site site; /* and where it stands still */
	bool inside; /* it does */
	bool ready;
} holders[CONFIG_NR_CPUS];
static bool release;
static bool preempt; /* holders_preempt() */

/* IRQs off, until holders_release(). */
static void stand_still(struct holder *h)
{
	if (preempt)
		pv_model_suspend();
	smp_store_release(&h->ready, true); /* pairs with wait_ready() */
	while (!READ_ONCE(release))
		cpu_relax();
	if (preempt)
		pv_model_resume();
}

/* Called by every CPU at every site; acts only for the one holder of this CPU, once. */
static void park_hook(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	struct holder *h = &holders[raw_smp_processor_id()];

	if (h->state != HOLD_IN_WALK || h->inside || site != h->site || current != h->task ||
	    !irqs_disabled())
		return;
	h->inside = true;
	stand_still(h);
}

static void walk_once(struct holder *h)
{
	struct page *page;

	if (gup_fast_only(h->addr, 1, FOLL_GET, &page))
		gup_put_pages(&page, 1, FOLL_GET);
	smp_store_release(&h->ready, true); /* pairs with wait_ready(): it never got there */
}

static int holder(void *arg)
{
	struct holder *h = arg;

	kthread_use_mm(h->mm);
	if (h->state == HOLD_IN_WALK) {
		walk_once(h);
	} else if (h->state == HOLD_IRQS_OFF) {
		local_irq_disable();
		stand_still(h);
		local_irq_enable();
	} else {
		smp_store_release(&h->ready, true); /* pairs with wait_ready() */
		while (!READ_ONCE(release)) {
			if (h->state == HOLD_LAZY)
				schedule_timeout_ns(0);
			else
				cpu_relax();
		}
	}
	kthread_unuse_mm(h->mm);
	return 0;
}

static void wait_ready(unsigned int cpu)
{
	struct holder *h = &holders[cpu];

	while (!smp_load_acquire(&h->ready)) /* pairs with holder(), stand_still() */
		cpu_relax();
	/* A thread sleeps once its CPU has switched to the idle thread, not once its flag is set. */
	while (h->state == HOLD_LAZY && !tlb_cpu_lazy((int)cpu))
		cpu_relax();
}

static void start_one(unsigned int cpu, struct mm_struct *mm, enum holder_state state)
{
	struct holder *h = &holders[cpu];

	BUG_ON(h->task);
	h->mm = mm;
	h->state = state;
	h->inside = false;
	h->ready = false;
	h->task = kthread_create_bound(holder, h, (int)cpu, "holder");
	BUG_ON(!h->task);
	wake_up_process(h->task);
}

void holder_start_on(unsigned int cpu, struct mm_struct *mm, enum holder_state state)
{
	WRITE_ONCE(release, false);
	start_one(cpu, mm, state);
	wait_ready(cpu);
}

bool holder_walk_on(unsigned int cpu, struct mm_struct *mm, unsigned long addr, enum sync_site site)
{
	struct holder *h = &holders[cpu];

	BUG_ON(!CONFIG_HOOKS || (sync_point_hook && sync_point_hook != park_hook));
	h->addr = addr;
	h->site = site;
	/* Stays: another CPU may be about to call it when we are done. */
	WRITE_ONCE(sync_point_hook, park_hook);
	holder_start_on(cpu, mm, HOLD_IN_WALK);
	return h->inside;
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

bool holders_preempt(bool on)
{
	preempt = on && pv_model_on();
	return preempt == on;
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

unsigned int other_cpus(void)
{
	return num_online_cpus() - 1;
}

u64 others_took(unsigned int vector)
{
	unsigned int cpu;
	u64 n = 0;

	for_each_online_cpu (cpu)
		if (cpu != (unsigned int)raw_smp_processor_id())
			n += irq_count(cpu, vector);
	return n;
}
