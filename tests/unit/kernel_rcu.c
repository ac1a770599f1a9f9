/* SPDX-License-Identifier: GPL-2.0 */
/* RCU: what a grace period waits for, and that it ends. */
#include <kernel/bug.h>
#include <kernel/ktest.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/atomic.h>

static int inside, leave; /* the reader is in; it shall come out */

/* Mostly plain instructions: under icount a pause takes a trip and hardly any time. */
static void spin_a_little(void)
{
	for (int i = 0; i < 500; i++)
		barrier();
	cpu_relax();
}

static int irqs_off_reader(void *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	WRITE_ONCE(inside, 1);
	while (!READ_ONCE(leave))
		spin_a_little();
	WRITE_ONCE(inside, 0);
	local_irq_restore(flags);
	return 0;
}

static int preempt_off_reader(void *unused)
{
	preempt_disable();
	WRITE_ONCE(inside, 1);
	while (!READ_ONCE(leave))
		spin_a_little();
	WRITE_ONCE(inside, 0);
	preempt_enable();
	return 0;
}

static struct task_struct *start_reader(int (*fn)(void *), unsigned int cpu)
{
	struct task_struct *r = kthread_create_bound(fn, NULL, (int)cpu, "reader");

	BUG_ON(!r);
	inside = leave = 0;
	wake_up_process(r);
	while (!READ_ONCE(inside))
		cpu_relax();
	return r;
}

KTEST(rcu, polled_grace_period_waits_for_readers)
{
	struct task_struct *r;
	unsigned long gp;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs 2 CPUs");
	r = start_reader(irqs_off_reader, 1);
	gp = start_poll_synchronize_rcu();
	for (int i = 0; i < 20; i++) {
		schedule_timeout_ns(NSEC_PER_MSEC);
		KEXPECT(t, !poll_state_synchronize_rcu(gp));
	}
	WRITE_ONCE(leave, 1);
	synchronize_rcu();
	KEXPECT(t, poll_state_synchronize_rcu(gp));
	kthread_stop(r);
}

static struct rcu_head head;
static int called, called_inside;

static void note_call(struct rcu_head *h)
{
	WRITE_ONCE(called_inside, READ_ONCE(inside));
	WRITE_ONCE(called, 1);
}

static void test_reader(struct ktest *t, int (*fn)(void *))
{
	struct task_struct *r = start_reader(fn, 1);
	u64 until = sched_clock() + 60 * NSEC_PER_MSEC;

	called = 0;
	call_rcu(&head, note_call);
	/* Many ticks, in which every other CPU passes quiescent states. */
	while (sched_clock() < until)
		schedule_timeout_ns(10 * NSEC_PER_MSEC);
	KEXPECT_EQ(t, READ_ONCE(called), 0);
	KEXPECT_EQ(t, READ_ONCE(inside), 1);
	WRITE_ONCE(leave, 1);
	rcu_barrier();
	KEXPECT_EQ(t, READ_ONCE(called), 1);
	KEXPECT_EQ(t, READ_ONCE(called_inside), 0);
	kthread_stop(r);
}

KTEST(rcu, waits_for_irqs_off_reader)
{
	if (num_online_cpus() < 2)
		KSKIP(t, "needs 2 CPUs");
	test_reader(t, irqs_off_reader);
}

KTEST(rcu, waits_for_preempt_off_reader)
{
	if (num_online_cpus() < 2)
		KSKIP(t, "needs 2 CPUs");
	test_reader(t, preempt_off_reader);
}

static int leave_soon(void *unused)
{
	schedule_timeout_ns(60 * NSEC_PER_MSEC);
	WRITE_ONCE(leave, 1);
	return 0;
}

KTEST(rcu, synchronize_waits_for_reader)
{
	struct task_struct *r, *l;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs 2 CPUs");
	l = kthread_create_bound(leave_soon, NULL, 0, "leave");
	BUG_ON(!l);
	r = start_reader(preempt_off_reader, 1);
	KEXPECT_EQ(t, READ_ONCE(inside), 1);
	wake_up_process(l);
	synchronize_rcu();
	KEXPECT_EQ(t, READ_ONCE(inside), 0);
	kthread_stop(r);
	kthread_stop(l);
}

KTEST(rcu, synchronize_with_all_others_idle)
{
	u64 start = sched_clock();

	for (int i = 0; i < 5; i++)
		synchronize_rcu();
	/* A handful of ticks each; a hundred times that, for a busy host. */
	KEXPECT_GT(t, 30 * NSEC_PER_SEC, sched_clock() - start);
}

#define PER_CPU_CALLBACKS 100
static struct {
	struct rcu_head rcu;
	unsigned int nr;
} heads[16][PER_CPU_CALLBACKS];
static unsigned int next_nr[16]; /* each by one CPU's RCU thread */
static atomic_t ran, out_of_order;

static void count(struct rcu_head *h)
{
	unsigned int cpu = (unsigned int)smp_processor_id();
	unsigned int nr = container_of(h, typeof(heads[0][0]), rcu)->nr;

	if (next_nr[cpu]++ != nr || !preempt_count() || irqs_disabled())
		atomic_inc(&out_of_order);
	atomic_inc(&ran);
}

static int queue_many(void *unused)
{
	unsigned int cpu = (unsigned int)current->cpu;

	for (unsigned int i = 0; i < PER_CPU_CALLBACKS; i++) {
		heads[cpu][i].nr = i;
		call_rcu(&heads[cpu][i].rcu, count);
		if (i % 16 == 0)
			schedule_timeout_ns(NSEC_PER_MSEC);
	}
	return 0;
}

KTEST(rcu, barrier_waits_for_all_in_order)
{
	struct task_struct *threads[16];
	unsigned int n = min_t(unsigned int, num_online_cpus(), 16);

	atomic_set(&ran, 0);
	atomic_set(&out_of_order, 0);
	for (unsigned int i = 0; i < n; i++) {
		next_nr[i] = 0;
		threads[i] = kthread_create_bound(queue_many, NULL, (int)i, "queue");
		BUG_ON(!threads[i]);
		wake_up_process(threads[i]);
	}
	for (unsigned int i = 0; i < n; i++)
		kthread_stop(threads[i]);
	rcu_barrier();
	KEXPECT_EQ(t, atomic_read(&ran), n * PER_CPU_CALLBACKS);
	KEXPECT_EQ(t, atomic_read(&out_of_order), 0);
}

/*
 * An object per slot, replaced and poisoned by an updater while readers on every CPU
 * look at it: none may see poison.
 */
struct object {
	struct rcu_head rcu;
	int alive;
	bool idle; /* may be published again; updater and callback, by turns */
};
static struct object objects[64];
static struct object *published;
static atomic_t dead_seen, reads;

static void poison(struct rcu_head *h)
{
	struct object *o = container_of(h, struct object, rcu);

	WRITE_ONCE(o->alive, 0);
	smp_store_release(&o->idle, true); /* pairs with the acquire in update() */
}

static int read_thread(void *arg)
{
	bool irqs = current->cpu % 2;
	unsigned long flags = 0;

	while (!kthread_should_stop()) {
		struct object *o;

		if (irqs)
			local_irq_save(flags);
		else
			rcu_read_lock();
		o = READ_ONCE(published);
		cpu_relax();
		if (!READ_ONCE(o->alive))
			atomic_inc(&dead_seen);
		atomic_inc(&reads);
		if (irqs)
			local_irq_restore(flags);
		else
			rcu_read_unlock();
		spin_a_little();
	}
	return 0;
}

/* For a while, or until there were @enough, which a busy host may put off. */
static unsigned int update(unsigned int enough)
{
	u64 least = sched_clock() + 300 * NSEC_PER_MSEC, most = least + 30 * NSEC_PER_SEC;
	unsigned int updates = 0;

	while (sched_clock() < least || (updates < enough && sched_clock() < most)) {
		struct object *new = NULL, *old;

		for (unsigned int i = 0; i < ARRAY_SIZE(objects) && !new; i++)
			if (smp_load_acquire(&objects[i].idle)) /* pairs with poison() */
				new = &objects[i];
		if (!new) {
			schedule_timeout_ns(NSEC_PER_MSEC);
			continue;
		}
		new->idle = false;
		new->alive = 1;
		old = xchg(&published, new);
		call_rcu(&old->rcu, poison);
		updates++;
		spin_a_little();
	}
	return updates;
}

KTEST(rcu, readers_never_see_poison)
{
	struct task_struct *threads[16];
	unsigned int n = min_t(unsigned int, num_online_cpus(), 16), enough;

	atomic_set(&dead_seen, 0);
	atomic_set(&reads, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i].idle = i != 0;
	objects[0].alive = 1;
	published = &objects[0];
	for (unsigned int i = 0; i < n; i++) {
		threads[i] = kthread_create_bound(read_thread, NULL, (int)i, "read");
		BUG_ON(!threads[i]);
		wake_up_process(threads[i]);
	}
	/* A grace period takes ticks, and of those there are few with hundreds of CPUs under TCG. */
	enough = nr_cpu_ids > 64 ? 8 : 64;
	KEXPECT_GE(t, update(enough), enough);
	for (unsigned int i = 0; i < n; i++)
		kthread_stop(threads[i]);
	rcu_barrier();
	KEXPECT_EQ(t, atomic_read(&dead_seen), 0);
	KEXPECT_GT(t, atomic_read(&reads), 100);
}
