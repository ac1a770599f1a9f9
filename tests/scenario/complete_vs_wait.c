/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel/completion.c: each event wakes one waiter, and no event is lost.
 *
 *	CPU0 complete()			CPU1 wait_for_completion()
 *					done is 0: queue
 *	done = 1; wake: CPU1 has not
 *	said yet that it sleeps
 *					state = SLEEPING; schedule(): sleeps for ever
 *
 * A waiter may give back the memory that the completion lies in as soon as it returns.
 */
#include <kernel/completion.h>
#include <tests/scenario.h>

#define GONE 0x5a5a5a5aU

static struct completion event;

static void setup(void)
{
	init_completion(&event);
}

static void happen(void)
{
	complete(&event);
}

/* The words that complete() stores to are the next owner's. */
static void wait_and_forget(void)
{
	wait_for_completion(&event);
	WRITE_ONCE(event.lock.val, GONE);
	WRITE_ONCE(event.done, GONE);
}

static void untouched(void)
{
	scenario_check(event.lock.val == GONE && event.done == GONE);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "completion_late_state", RED_BY("deadlock")},
	{},
};

static const struct scenario complete_vs_wait = {
	.name = "complete_vs_wait",
	.help = "an event, and a thread that waits for it and gives the memory back",
	.setup = setup,
	.actor = {happen, wait_and_forget},
	.end = untouched,
	.cases = cases,
};
SCENARIO(complete_vs_wait);

static void happen_twice(void)
{
	complete(&event);
	complete(&event);
}

static void wait(void)
{
	wait_for_completion(&event);
}

static void nothing_left(void)
{
	scenario_check(!event.done && list_empty(&event.waiters));
}

static const struct scenario_case two_cases[] = {
	{.flush = "ipi"},
	{.busted = "completion_flag", RED_BY("deadlock")},
	{},
};

static const struct scenario complete_vs_two = {
	.name = "complete_vs_two",
	.help = "two events, and two threads that wait for one each",
	.setup = setup,
	.actor = {happen_twice, wait, wait},
	.end = nothing_left,
	.cases = two_cases,
};
SCENARIO(complete_vs_two);
