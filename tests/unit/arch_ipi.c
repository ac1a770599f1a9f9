/* SPDX-License-Identifier: GPL-2.0 */
/* A mask, whatever its shape, reaches each of its CPUs once and nobody else. */
#include <kernel/ktest.h>
#include <kernel/preempt.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/smp.h>

#define NMI_VECTOR 2
#define WAIT_NS	   (30 * NSEC_PER_SEC)

static u64 before[CONFIG_NR_CPUS]; /* the test's thread only */

static void check_once(struct ktest *t, const struct cpumask *mask, unsigned int vector,
		       void (*send)(const struct cpumask *mask))
{
	u64 since = sched_clock();
	unsigned int cpu, wrong = 0;

	for_each_online_cpu (cpu)
		before[cpu] = irq_count(cpu, vector);
	preempt_disable();
	send(mask);
	preempt_enable();
	for_each_cpu (cpu, mask)
		while (irq_count(cpu, vector) == before[cpu] && sched_clock() - since < WAIT_NS)
			cpu_relax();
	for_each_online_cpu (cpu)
		if (irq_count(cpu, vector) - before[cpu] != cpumask_test_cpu(cpu, mask))
			wrong++;
	KEXPECT_EQ(t, wrong, 0);
}

/* All but the sender, every second, every third, … and the last alone. */
static void check_shapes(struct ktest *t, unsigned int vector,
			 void (*send)(const struct cpumask *mask))
{
	for (unsigned int step = 1; step <= 5; step++) {
		struct cpumask mask;

		cpumask_clear(&mask);
		for (unsigned int cpu = 1; cpu < nr_cpu_ids; cpu += step)
			__cpumask_set_cpu(cpu, &mask);
		check_once(t, &mask, vector, send);

		cpumask_clear(&mask);
		__cpumask_set_cpu(nr_cpu_ids - 1, &mask);
		check_once(t, &mask, vector, send);
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
