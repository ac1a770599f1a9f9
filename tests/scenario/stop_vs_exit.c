/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel/kthread.c: a thread is stopped while it ends.
 *
 *	CPU0 kthread_stop()		CPU1 kthread_exit()
 *	joiner = me
 *	state is not DEAD
 *					state = DEAD
 *					joiner: wake it; it runs, nothing to do
 *	state = SLEEPING; schedule():
 *	sleeps for ever
 *
 * Or while it goes to sleep, and must see that it should stop: it is woken for nothing else.
 *
 * The record and its stack serve the next thread, and CPU1 must be off that stack by then.
 */
#include <kernel/sched.h>
#include <tests/scenario.h>

static struct task_struct *thread;

static int answer(void *arg)
{
	return (int)(unsigned long)arg;
}

static void setup(void)
{
	thread = kthread_create_bound(answer, (void *)42UL, 1, "thread");
	scenario_check(thread);
}

static void stop(void)
{
	wake_up_process(thread);
	scenario_check(kthread_stop(thread) == 42);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.busted = "kthread_late_state", RED_BY("deadlock")},
	{.flush = "ipi", .tso = true},
	{.busted = "kthread_no_off_stack", .expect = SOMETIMES},
	{},
};

static const struct scenario stop_vs_exit = {
	.name = "stop_vs_exit",
	.help = "a thread is stopped while it ends; then no CPU is on its stack",
	.setup = setup,
	.actor = {stop},
	.cpus = 2,
	.cases = cases,
};
SCENARIO(stop_vs_exit);

static int sleep_until_stopped(void *unused)
{
	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (kthread_should_stop())
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
	return 42;
}

static void setup_sleeper(void)
{
	thread = kthread_create_bound(sleep_until_stopped, NULL, 1, "thread");
	scenario_check(thread);
}

static const struct scenario_case sleep_cases[] = {
	{.flush = "ipi", .slow = true},
	{.busted = "kthread_stop_late", RED_BY("deadlock")},
	/* CPU0 has read SLEEPING, and writes RUNNING over DEAD. */
	{.busted = "kthread_dead_unlocked", .expect = SOMETIMES},
	{},
};

static const struct scenario stop_vs_sleep = {
	.name = "stop_vs_sleep",
	.help = "a thread is stopped while it goes to sleep",
	.setup = setup_sleeper,
	.actor = {stop},
	.cpus = 2,
	.cases = sleep_cases,
};
SCENARIO(stop_vs_sleep);
