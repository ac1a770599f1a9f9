/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A wake-up that a thread does not wait for: a late one, of something that it has waited for before,
 * or for the thread that had its record before (kernel/kthread.c). A thread that is woken looks again
 * for what it waits for, and once it goes on, its record is in no list.
 *
 *	CPU0 complete(), up_write()	CPU1 waits		CPU2
 *						queue; sleep
 *									wake CPU1
 *						goes on too early
 *	it happens
 */
#include <kernel/completion.h>
#include <kernel/list.h>
#include <kernel/rwsem.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <tests/scenario.h>

static u32 happened;

/* The waiter is CPU1's thread in each. */
static void disturb(void)
{
	wake_up_process(scenario_task(1));
}

/* A completion. */

static struct completion event;

static void event_setup(void)
{
	init_completion(&event);
}

static void happen(void)
{
	WRITE_ONCE(happened, 1);
	complete(&event);
}

static void wait(void)
{
	wait_for_completion(&event);
	scenario_check(READ_ONCE(happened));
}

static void event_nothing_left(void)
{
	scenario_check(!event.done && list_empty(&event.waiters));
}

static const struct scenario_case event_cases[] = {
	{.flush = "ipi"},
	{.busted = "completion_once", RED_BY("scenario")},
	{},
};

static const struct scenario stray_vs_wait = {
	.name = "stray_vs_wait",
	.help = "a thread that waits for an event is woken by something else",
	.setup = event_setup,
	.actor = {happen, wait, disturb},
	.end = event_nothing_left,
	.cases = event_cases,
};
SCENARIO(stray_vs_wait);

/* An rwsem: CPU0 has it for a while. */

static struct rw_semaphore sem;

static void sem_setup(void)
{
	init_rwsem_rank(&sem, "sem", RANK_OP);
}

static void hold(void)
{
	down_write(&sem);
	WRITE_ONCE(happened, 1);
	WRITE_ONCE(happened, 0);
	up_write(&sem);
}

static void take(void)
{
	down_write(&sem);
	scenario_check(!READ_ONCE(happened));
	up_write(&sem);
}

static void sem_nothing_left(void)
{
	scenario_check(!rwsem_is_locked(&sem) && list_empty(&sem.waiters));
}

static const struct scenario_case sem_cases[] = {
	{.flush = "ipi"},
	{.busted = "rwsem_once",
	 .expect = SOMETIMES,
	 /* RACES=1 sees the record, which is on a stack that its thread has left, before the harm. */
	 .race = {"plain read, grant_waiters", "plain write, down"}},
	{},
};

static const struct scenario stray_vs_writer = {
	.name = "stray_vs_writer",
	.help = "a thread that waits for an rwsem is woken by something else",
	.setup = sem_setup,
	.actor = {hold, take, disturb},
	.end = sem_nothing_left,
	.cases = sem_cases,
};
SCENARIO(stray_vs_writer);
