/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs call each other, and each waits for the other.
 *
 *	CPU0 smp_call_function()	CPU1 smp_call_function()
 *	queue, send
 *					queue, send
 *	wait				wait
 *	interrupt: run, release
 *					interrupt: run, release
 *
 * That ends because a CPU that waits takes interrupts; smp_call_function_many_cond() asserts it
 * (so the deadlock shows only with .judge, which leaves that assertion out). With interrupts off
 * at one CPU only it ends too, if the other is not called in the meantime; with them off at both
 * it is a deadlock.
 */
#include <kernel/busted.h>
#include <kernel/irqflags.h>
#include <kernel/smp.h>
#include <asm/percpu.h>
#include <tests/scenario.h>

DEFINE_BUSTED(ipi_irqs_off, "a call that waits, made with interrupts off");

static DEFINE_PER_CPU(u32, calls);

static void count(void *unused)
{
	this_cpu_write(calls, this_cpu_read(calls) + 1);
}

static void call(void)
{
	if (busted(ipi_irqs_off))
		local_irq_disable();
	smp_call_function(count, NULL, true);
	if (busted(ipi_irqs_off))
		local_irq_enable();
}

static void call_next(void)
{
	/* A thread stays on its CPU. */
	smp_call_function_single((raw_smp_processor_id() + 1) % 3, count, NULL, true);
}

static void two(void)
{
	for (unsigned int cpu = 0; cpu < 2; cpu++)
		scenario_check(per_cpu(calls, cpu) == 1);
}

static void ring(void)
{
	for (unsigned int cpu = 0; cpu < 3; cpu++)
		scenario_check(per_cpu(calls, cpu) == 1);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.flush = "ipi", .tso = true, .x2apic = true},
	{.busted = "ipi_irqs_off", RED_BY("lockdep")},
	{.busted = "ipi_irqs_off", .judge = "livelock", RED_BY("livelock")},
	{},
};

static const struct scenario ipi_vs_ipi = {
	.name = "ipi_vs_ipi",
	.help = "two CPUs call each other and wait",
	.actor = {call, call},
	.end = two,
	.cases = cases,
};
SCENARIO(ipi_vs_ipi);

static const struct scenario_case ring_cases[] = {
	{.flush = "ipi", .slow = true},
	{},
};

static const struct scenario ipi_ring = {
	.name = "ipi_ring",
	.help = "three CPUs call the next one each, and wait",
	.actor = {call_next, call_next, call_next},
	.end = ring,
	.cases = ring_cases,
};
SCENARIO(ipi_ring);
