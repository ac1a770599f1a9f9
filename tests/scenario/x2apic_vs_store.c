/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An interrupt is sent by one store, and what it announces was stored before.
 *
 *	CPU0				CPU1
 *	flag = 1	(still in the store buffer)
 *	write ICR
 *					interrupt: counted
 *					read flag: 0
 *
 * xAPIC: the ICR is uncacheable memory, its store is behind all others. x2APIC: WRMSR to it
 * waits for none (SDM vol. 3A 11.12.3), so x2apic_icr() has a fence in front.
 *
 * Calls have no need of it: csd_push() is a locked operation.
 */
#include <kernel/event.h>
#include <kernel/smp.h>
#include <asm/insn.h>
#include <asm/smp.h>
#include <tests/scenario.h>

static u32 flag, called;
static u64 before;

static void setup(void)
{
	before = smp_call_interrupts(1);
}

static void send(void)
{
	struct cpumask one = {0};

	__cpumask_set_cpu(1, &one);
	WRITE_ONCE(flag, 1);
	arch_send_call_function_ipi_mask(&one);
}

/* Nothing is queued: the interrupt leaves behind that it was here. */
static void receive(void)
{
	while (smp_call_interrupts(1) == before) {
		sync_point(SITE_TEST, SYNC_AWAIT, &flag); /* until an interrupt has come, too */
		cpu_relax();
	}
	scenario_check(READ_ONCE(flag));
}

static void look(void *unused)
{
	scenario_check(READ_ONCE(flag));
	WRITE_ONCE(called, 1);
}

static void call(void)
{
	WRITE_ONCE(flag, 1);
	smp_call_function_single(1, look, NULL, false);
}

static void end(void)
{
	scenario_check(called);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.flush = "ipi", .tso = true, .x2apic = true},
	{.busted = "x2apic_no_fence", .tso = true},
	{.busted = "x2apic_no_fence", .x2apic = true},
	{.busted = "x2apic_no_fence", .tso = true, .x2apic = true, RED_BY("scenario")},
	{},
};

static const struct scenario x2apic_vs_store = {
	.name = "x2apic_vs_store",
	.help = "an ICR write and the stores before it",
	.setup = setup,
	.actor = {send, receive},
	.cases = cases,
};
SCENARIO(x2apic_vs_store);

static const struct scenario_case call_cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true, .x2apic = true},
	{.busted = "x2apic_no_fence", .tso = true, .x2apic = true},
	{},
};

static const struct scenario x2apic_vs_call = {
	.name = "x2apic_vs_call",
	.help = "an ICR write and the stores before it, for a function call",
	.setup = setup,
	.actor = {call},
	.end = end,
	.cpus = 2,
	.cases = call_cases,
};
SCENARIO(x2apic_vs_call);
