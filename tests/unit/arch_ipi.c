/* SPDX-License-Identifier: GPL-2.0 */
/* A mask, whatever its shape, reaches each of its CPUs once and no other. */
#include <kernel/bug.h>
#include <kernel/ktest.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/smp.h>

/* Of the watchdog: an interrupt that takes longer counts as lost. */
#define LIMITS 8

static u64 before[CONFIG_NR_CPUS]; /* the test's thread only */

/* A mask, the CPU that sends to it, and the way. */
struct shot {
	struct cpumask mask;
	unsigned int from, vector;
	void (*send)(const struct cpumask *mask);
};

static int send_thread(void *info)
{
	const struct shot *s = info;

	preempt_disable();
	s->send(&s->mask);
	preempt_enable();
	return 0;
}

static void send(struct shot *s)
{
	struct task_struct *sender;

	sender = kthread_create_bound(send_thread, s, (int)s->from, "sender");
	BUG_ON(!sender);
	wake_up_process(sender);
	kthread_stop(sender);
}

/* Returns whether it was right: after a failure each further one would wait as long again. */
static bool reaches_once(struct ktest *t, struct shot *s)
{
	u64 since = sched_clock(), limit = LIMITS * watchdog_ns();
	unsigned int cpu, wrong = 0;

	__cpumask_clear_cpu(s->from, &s->mask);
	if (cpumask_empty(&s->mask))
		return true;
	for_each_online_cpu (cpu)
		before[cpu] = irq_count(cpu, s->vector);
	send(s);
	for_each_cpu (cpu, &s->mask)
		while (irq_count(cpu, s->vector) == before[cpu] &&
		       (!limit || sched_clock() - since < limit))
			cpu_relax();
	for_each_online_cpu (cpu)
		if (irq_count(cpu, s->vector) - before[cpu] != cpumask_test_cpu(cpu, &s->mask))
			wrong++;
	return KEXPECT_EQ(t, wrong, 0);
}

/* All but the sender, every second, every third, … and each end alone. */
static void check_shapes(struct ktest *t, unsigned int vector,
			 void (*send_mask)(const struct cpumask *mask))
{
	struct shot s = {.vector = vector, .send = send_mask};

	for (s.from = 0; s.from < 2; s.from++) {
		for (unsigned int step = 1; step <= 5; step++) {
			cpumask_clear(&s.mask);
			for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu += step)
				__cpumask_set_cpu(cpu, &s.mask);
			if (!reaches_once(t, &s))
				return;

			cpumask_clear(&s.mask);
			__cpumask_set_cpu(step % 2 ? nr_cpu_ids - 1 : 0, &s.mask);
			if (!reaches_once(t, &s))
				return;
		}
	}
}

KTEST(arch_ipi, call_function_mask)
{
	if (nr_cpu_ids < 2)
		KSKIP(t, "needs two CPUs");
	check_shapes(t, CALL_FUNCTION_VECTOR, arch_send_call_function_ipi_mask);
}

KTEST(arch_ipi, nmi_mask)
{
	if (nr_cpu_ids < 2)
		KSKIP(t, "needs two CPUs");
	check_shapes(t, NMI_VECTOR, arch_send_nmi_mask);
}
