/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Job "irqs": makes call-function interrupts and prints how many the kernel has counted,
 * for tests/host/16-counts.t to compare with the emulator's log of what it delivered.
 */
#include <kernel/job.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <asm/smp.h>

#define BROADCASTS 100

static void nothing(void *info)
{
}

static enum exit_status run_irqs(void)
{
	u64 sent = 0, taken = 0;

	for (unsigned int i = 0; i < BROADCASTS; i++)
		sent += smp_call_function(nothing, NULL, true);
	/* All have been taken, and no other thread of this job calls functions on other CPUs. */
	for (unsigned int cpu = 0; cpu < num_online_cpus(); cpu++)
		taken += irq_count(cpu, CALL_FUNCTION_VECTOR);
	printk("# irqs: vector %#x: %llu\n", CALL_FUNCTION_VECTOR, (unsigned long long)taken);
	if (taken < sent) {
		printk("# irqs: %llu sent, each to an empty queue\n", (unsigned long long)sent);
		return EXIT_RED;
	}
	return EXIT_PASS;
}
JOB(irqs, "call-function interrupts, counted for the host to check", run_irqs);
