/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Creating, ending and recycling threads. Records come from one array, taken at boot;
 * a stack, once allocated, stays with its record. So any number of threads can come and
 * go, and a record is always a record: a late wake-up of a thread that is gone at worst
 * wakes another one early.
 *
 * The end of a thread:
 *
 *	kthread_stop(t)			t
 *	joiner = me			state = DEAD (no late wake-up undoes it: the queue's lock)
 *	smp_mb()			smp_mb()
 *	if (state != DEAD) sleep	if (joiner) wake it
 *					last switch: the next thread sets off_stack
 *	wait for off_stack
 *	recycle t
 */
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/errno.h>
#include <kernel/memblock.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>
#include <asm/setup.h>

#define TASKS_FIXED   64
#define TASKS_PER_CPU 8

DEFINE_BUSTED(kthread_late_state, "kthread_stop() looks for the end before it says that it sleeps");
DEFINE_BUSTED(kthread_dead_unlocked,
	      "a thread says that it is dead while a wake-up that found it asleep is under way");
DEFINE_BUSTED(kthread_stop_late, "a thread is woken to stop before it can see that it should");
DEFINE_BUSTED(kthread_no_off_stack,
	      "kthread_stop() recycles a thread whose last switch is under way");

static DEFINE_SPINLOCK(pool_lock, RANK_WAIT);
static LIST_HEAD(pool); /* free records, by ->run_list; pool_lock */
static u32 last_task_id; /* pool_lock */

void kthread_init(void)
{
	unsigned int n = TASKS_FIXED + TASKS_PER_CPU * nr_cpu_ids;
	struct task_struct *tasks = memblock_alloc_or_die(n * sizeof(*tasks), 64, "thread records");

	/* Those that are used again and again are the first ones: few stacks are needed. */
	for (unsigned int i = 0; i < n; i++)
		list_add_tail(&tasks[i].run_list, &pool);
}

static struct task_struct *task_get(u32 *id)
{
	struct task_struct *t = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pool_lock, flags);
	if (!list_empty(&pool)) {
		t = list_first_entry(&pool, struct task_struct, run_list);
		list_del(&t->run_list);
	}
	*id = ++last_task_id;
	spin_unlock_irqrestore(&pool_lock, flags);
	return t;
}

static void task_put(struct task_struct *t)
{
	unsigned long flags;

	spin_lock_irqsave(&pool_lock, flags);
	list_add(&t->run_list, &pool);
	spin_unlock_irqrestore(&pool_lock, flags);
}

static void __noreturn kthread_exit(int code)
{
	struct task_struct *t = current, *joiner;

	lockdep_assert(!t->nr_held);
	lockdep_assert(preemptible());
	t->exit_code = code;
	local_irq_disable();
	/* Pairs with kthread_stop(), a full barrier there as well. */
	if (busted(kthread_dead_unlocked))
		shared_store_mb(SITE_TASK, &t->state, TASK_DEAD);
	else
		set_special_state(TASK_DEAD);
	joiner = READ_ONCE(t->joiner);
	if (joiner)
		wake_up_process(joiner);
	sched_thread_end();
}

static void kthread_entry(void)
{
	struct task_struct *t = current;

	sched_thread_begin();
	kthread_exit(t->fn(t->arg));
}

struct task_struct *kthread_create_bound(int (*fn)(void *arg), void *arg, int cpu, const char *name)
{
	struct task_struct *t;
	void *stack;
	u32 id;

	BUG_ON((unsigned int)cpu >= nr_cpu_ids);
	t = task_get(&id);
	if (!t)
		return NULL;
	stack = t->stack ? t->stack : arch_alloc_stack();
	if (!stack) {
		task_put(t);
		return NULL;
	}
	memset(t, 0, sizeof(*t));
	t->stack = stack;
	t->cpu = cpu;
	t->id = id;
	INIT_LIST_HEAD(&t->sleep_list);
	t->state = TASK_SLEEPING;
	t->fresh = true;
	t->fn = fn;
	t->arg = arg;
	strscpy(t->name, name, sizeof(t->name));
	arch_prepare_stack(t, kthread_entry);
	return t;
}

bool kthread_should_stop(void)
{
	return READ_ONCE(current->should_stop);
}

static int never_woken(void *unused)
{
	return -EINTR;
}

int kthread_stop(struct task_struct *t)
{
	struct watchdog_wait w = {0};
	int code;

	might_sleep();
	BUG_ON(t == current);
	WRITE_ONCE(t->joiner, current); /* before set_current_state(): pairs with kthread_exit() */
	if (!busted(kthread_stop_late))
		WRITE_ONCE(t->should_stop, true);
	if (t->fresh)
		t->fn = never_woken;
	/* The lock in here is a full barrier: the thread sees ->should_stop once it is woken. */
	wake_up_process(t);
	WRITE_ONCE(t->should_stop, true);
	for (;;) {
		if (!busted(kthread_late_state))
			set_current_state(TASK_SLEEPING);
		if (shared_read(SITE_TASK, &t->state) == TASK_DEAD)
			break;
		if (busted(kthread_late_state))
			set_current_state(TASK_SLEEPING);
		schedule();
	}
	/* A few instructions on its CPU. Pairs with finish_task_switch(). */
	while (!busted(kthread_no_off_stack) && !smp_load_acquire(&t->off_stack))
		watchdog_spin(&w, "thread's last switch", t->cpu);
	VM_BUG_ON(READ_ONCE(per_cpu(current_task, t->cpu)) == t);
	/* Only now: its wake-up, which may come late, is not to end the caller's next sleep. */
	set_current_state(TASK_RUNNING);
	code = t->exit_code;
	task_put(t);
	return code;
}
