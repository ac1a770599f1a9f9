/* SPDX-License-Identifier: GPL-2.0 */
/* Calls to other CPUs: which CPUs they reach, when they return, how many interrupts they take. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/event.h>
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/atomic.h>

static struct cpumask ran;
static atomic_t runs;

static void note(void *info)
{
	cpumask_set_cpu((unsigned int)smp_processor_id(), &ran);
	atomic_inc(&runs);
	if (!irqs_disabled())
		atomic_add(1000000, &runs);
}

static void start(void)
{
	cpumask_clear(&ran);
	atomic_set(&runs, 0);
}

KTEST(smp, all_others)
{
	unsigned int n = num_online_cpus();

	start();
	KEXPECT_EQ(t, smp_call_function(note, NULL, true), n - 1);
	KEXPECT_EQ(t, atomic_read(&runs), n - 1);
	KEXPECT_EQ(t, cpumask_weight(&ran), n - 1);
	KEXPECT(t, !cpumask_test_cpu(0, &ran));

	start();
	KEXPECT_EQ(t, on_each_cpu(note, NULL, true), n - 1);
	KEXPECT_EQ(t, atomic_read(&runs), n);
	KEXPECT(t, cpumask_equal(&ran, &cpu_online_mask));
}

KTEST(smp, one)
{
	unsigned int last = num_online_cpus() - 1;

	start();
	KEXPECT_EQ(t, smp_call_function_single(0, note, NULL, true), 0);
	KEXPECT_EQ(t, atomic_read(&runs), 1);
	KEXPECT(t, cpumask_test_cpu(0, &ran));
	start();
	KEXPECT_EQ(t, smp_call_function_single((int)last, note, NULL, true), 0);
	KEXPECT_EQ(t, atomic_read(&runs), 1);
	KEXPECT(t, cpumask_test_cpu(last, &ran));
	start();
	KEXPECT_EQ(t, smp_call_function_single((int)nr_cpu_ids, note, NULL, true), -ENXIO);
	KEXPECT_EQ(t, smp_call_function_single(-1, note, NULL, true), -ENXIO);
	KEXPECT_EQ(t, atomic_read(&runs), 0);
}

KTEST(smp, nobody)
{
	struct cpumask none;

	start();
	cpumask_clear(&none);
	KEXPECT_EQ(t, on_each_cpu_mask(&none, note, NULL, true), 0);
	KEXPECT_EQ(t, atomic_read(&runs), 0);
	if (nr_cpu_ids == CONFIG_NR_CPUS)
		return;
	/* CPUs that exist in the mask only. */
	__cpumask_set_cpu(CONFIG_NR_CPUS - 1, &none);
	KEXPECT_EQ(t, on_each_cpu_mask(&none, note, NULL, true), 0);
	KEXPECT_EQ(t, atomic_read(&runs), 0);
}

static struct cpumask asked;

static bool even(int cpu, void *info)
{
	__cpumask_set_cpu((unsigned int)cpu, &asked);
	return cpu % 2 == 0;
}

KTEST(smp, condition)
{
	unsigned int n = num_online_cpus();
	unsigned int want = (n + 1) / 2;

	start();
	cpumask_clear(&asked);
	KEXPECT_EQ(t, on_each_cpu_cond_mask(even, note, NULL, true, &cpu_online_mask), want - 1);
	KEXPECT_EQ(t, atomic_read(&runs), want);
	KEXPECT(t, cpumask_equal(&asked, &cpu_online_mask));
	KEXPECT_EQ(t, cpumask_weight(&ran), want);
	KEXPECT(t, !cpumask_test_cpu(1, &ran));
}

KTEST(smp, interrupts_only_those_called)
{
	unsigned int n = num_online_cpus(), extra = 0;
	u64 before[64];

	if (n < 2)
		KSKIP(t, "needs 2 CPUs");
	n = min_t(unsigned int, n, 64);
	for (unsigned int cpu = 0; cpu < n; cpu++)
		before[cpu] = smp_call_interrupts(cpu);
	for (int i = 0; i < 20; i++)
		smp_call_function_single(1, note, NULL, true);
	KEXPECT_EQ(t, smp_call_interrupts(1) - before[1], 20);
	for (unsigned int cpu = 2; cpu < n; cpu++)
		extra += smp_call_interrupts(cpu) - before[cpu];
	KEXPECT_EQ(t, extra, 0);
	KEXPECT_EQ(t, smp_call_interrupts(0), before[0]);
}

/* A CPU that keeps its interrupts off until told, or for so long. */
static int irqs_off, irqs_may_come_on;
static u64 irqs_off_until;

static int irqs_off_thread(void *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	WRITE_ONCE(irqs_off, 1);
	while (!READ_ONCE(irqs_may_come_on) && sched_clock() < irqs_off_until)
		cpu_relax();
	WRITE_ONCE(irqs_off, 0);
	local_irq_restore(flags);
	return 0;
}

static struct task_struct *turn_irqs_off(unsigned int cpu, u64 ns)
{
	struct task_struct *d = kthread_create_bound(irqs_off_thread, NULL, (int)cpu, "irqs-off");

	BUG_ON(!d);
	irqs_off = irqs_may_come_on = 0;
	irqs_off_until = sched_clock() + ns;
	wake_up_process(d);
	while (!READ_ONCE(irqs_off))
		cpu_relax();
	return d;
}

static void note_irqs_off(void *info)
{
	*(int *)info = READ_ONCE(irqs_off);
}

KTEST(smp, waits_for_interrupts_off)
{
	struct task_struct *d;
	int were_off = -1;

	if (num_online_cpus() < 2)
		KSKIP(t, "needs 2 CPUs");
	d = turn_irqs_off(1, 30 * NSEC_PER_MSEC);
	KEXPECT_EQ(t, smp_call_function_single(1, note_irqs_off, &were_off, true), 0);
	KEXPECT_EQ(t, were_off, 0); /* ran, and only after the section had ended */
	kthread_stop(d);
}

/* How many IPIs this CPU's newest call of note() sent, or -1. */
static int newest_ipis(void)
{
	static struct event ring[64];
	unsigned int n = event_ring_copy((unsigned int)get_cpu(), ring, ARRAY_SIZE(ring));

	put_cpu();
	while (n--)
		if (ring[n].id == EV_IPI_SEND && ring[n].a == (u64)note)
			return (int)ring[n].c;
	return -1;
}

static int call_1_thread(void *unused)
{
	return smp_call_function_single(1, note, NULL, false);
}

KTEST(smp, requests_coalesce)
{
	struct task_struct *d, *other;
	u64 before;

	if (num_online_cpus() < 3)
		KSKIP(t, "needs 3 CPUs");
	start();
	d = turn_irqs_off(1, 3 * NSEC_PER_SEC);
	before = smp_call_interrupts(1);
	other = kthread_create_bound(call_1_thread, NULL, 2, "caller");
	BUG_ON(!other);
	wake_up_process(other);
	KEXPECT_EQ(t, kthread_stop(other), 0);
	/* Without wait it returns while the target has interrupts off. */
	KEXPECT_EQ(t, smp_call_function_single(1, note, NULL, false), 0);
	/* The local APIC would merge a second interrupt with the pending one: ask the sender. */
	if (CONFIG_HOOKS)
		KEXPECT_EQ(t, newest_ipis(), 0);
	KEXPECT_EQ(t, READ_ONCE(irqs_off), 1);
	KEXPECT_EQ(t, atomic_read(&runs), 0);
	WRITE_ONCE(irqs_may_come_on, 1);
	kthread_stop(d);
	while (atomic_read(&runs) < 2)
		cpu_relax();
	KEXPECT_EQ(t, smp_call_interrupts(1) - before, 1);
	KEXPECT_EQ(t, atomic_read(&runs), 2);
}

static unsigned int order[8], nr_order; /* written on CPU 1 only */

static void append(void *info)
{
	if (nr_order < ARRAY_SIZE(order))
		order[nr_order++] = (unsigned int)(unsigned long)info;
}

static int append_thread(void *info)
{
	return smp_call_function_single(1, append, info, false);
}

KTEST(smp, first_come_first_served)
{
	unsigned int n = min_t(unsigned int, num_online_cpus() - 2, ARRAY_SIZE(order));
	struct task_struct *d, *a;

	if (num_online_cpus() < 4)
		KSKIP(t, "needs 4 CPUs");
	nr_order = 0;
	d = turn_irqs_off(1, 3 * NSEC_PER_SEC);
	for (unsigned long i = 0; i < n; i++) {
		a = kthread_create_bound(append_thread, (void *)i, (int)i + 2, "append");
		BUG_ON(!a);
		wake_up_process(a);
		kthread_stop(a);
	}
	WRITE_ONCE(irqs_may_come_on, 1);
	kthread_stop(d);
	smp_call_function_single(1, note, NULL, true);
	KEXPECT_EQ(t, nr_order, n);
	for (unsigned int i = 0; i < nr_order; i++)
		KEXPECT_EQ(t, order[i], i);
}

#define BROADCASTS 30
static atomic64_t total;
static atomic_t too_early;

static void add_one(void *info)
{
	atomic_t *mine = info;

	cpu_relax(); /* let the caller see a half-finished broadcast, if it can */
	atomic_inc(mine);
	atomic64_inc(&total);
}

static int broadcaster(void *unused)
{
	for (int i = 0; i < BROADCASTS; i++) {
		atomic_t mine = ATOMIC_INIT(0);
		unsigned int called = on_each_cpu(add_one, &mine, true);

		/* All have run when it returns, this CPU too. */
		if (called != num_online_cpus() - 1 || atomic_read(&mine) != (int)called + 1)
			atomic_inc(&too_early);
	}
	return 0;
}

KTEST(smp, everybody_broadcasts_at_once)
{
	static struct task_struct *threads[CONFIG_NR_CPUS];
	u64 n = num_online_cpus();
	unsigned int cpu;

	atomic64_set(&total, 0);
	atomic_set(&too_early, 0);
	for_each_online_cpu (cpu) {
		threads[cpu] = kthread_create_bound(broadcaster, NULL, (int)cpu, "broadcast");
		BUG_ON(!threads[cpu]);
	}
	for_each_online_cpu (cpu)
		wake_up_process(threads[cpu]);
	for_each_online_cpu (cpu)
		kthread_stop(threads[cpu]);
	KEXPECT_EQ(t, atomic64_read(&total), n * n * BROADCASTS);
	KEXPECT_EQ(t, atomic_read(&too_early), 0);
}
