/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel/sched.c: a wake-up is not lost.
 *
 *	CPU0 waker			CPU1 sleeper
 *					state = SLEEPING	(still in the store buffer)
 *					read condition: 0
 *	condition = 1
 *	wake_up_process():
 *	state is RUNNING: nothing to do
 *					schedule(): sleeps for ever
 *
 * The interrupt of the second scenario lets CPU1 preempt the sleeper between its state and
 * its look at the condition: it is still on its way, and must stay runnable.
 */
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <asm/smp.h>
#include <tests/scenario.h>

static u32 condition;

static void wake(void)
{
	shared_write(SITE_TEST, &condition, 1);
	wake_up_process(scenario_task(1));
}

static void wake_and_disturb(void)
{
	wake();
	arch_send_reschedule_ipi(1);
}

static void sleep(void)
{
	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (shared_read(SITE_TEST, &condition))
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.flush = "ipi", .tso = true, .x2apic = true},
	{.busted = "sched_state_no_mb"},
	{.busted = "sched_state_no_mb", .tso = true, RED_BY("deadlock")},
	/* The waker's list and the run queue's lock are behind the interrupt as well. */
	{.busted = "x2apic_no_fence", .tso = true, .x2apic = true},
	{},
};

static const struct scenario wake_vs_sleep = {
	.name = "wake_vs_sleep",
	.help = "a wake-up while its thread is about to sleep",
	.actor = {wake, sleep},
	.cases = cases,
};
SCENARIO(wake_vs_sleep);

static const struct scenario_case preempt_cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "sched_preempt_sleeps", RED_BY("deadlock")},
	{},
};

static const struct scenario wake_vs_preempt = {
	.name = "wake_vs_preempt",
	.help = "a wake-up while its thread, about to sleep, is preempted",
	.actor = {wake_and_disturb, sleep},
	.cases = preempt_cases,
};
SCENARIO(wake_vs_preempt);
