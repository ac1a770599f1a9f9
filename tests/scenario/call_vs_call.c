/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two CPUs queue requests at a third, which takes the whole list at once.
 *
 *	CPU0				CPU2			CPU1
 *	queue 0: list was empty
 *	send
 *					queue: not empty
 *								interrupt: takes both
 *								release 0 (no wait)
 *	reuse the record: queue 1
 *	list was empty: send
 *								run 0, run CPU2's
 *								interrupt: run 1
 *
 * Whatever coalesces, each request runs once, its own function, with what its caller had stored before,
 * and in the order in which they were queued; and when a call that waits returns, all of that has happened.
 */
#include <kernel/smp.h>
#include <tests/scenario.h>

#define CALLERS	 3
#define REQUESTS 2

struct request {
	u32 from, number, filled;
	u32 after; /* queued behind the first one of CPU0 */
};
static struct request requests[CALLERS][REQUESTS];
static u32 queued; /* CPU0's first */
static u32 served[CALLERS]; /* CPU1 writes, all read */

static void setup(void)
{
	for (u32 from = 0; from < CALLERS; from++)
		for (u32 n = 0; n < REQUESTS; n++)
			requests[from][n] = (struct request){.from = from, .number = n};
}

static void serve(struct request *r, u32 number)
{
	scenario_check(r->number == number);
	scenario_check(READ_ONCE(r->filled));
	scenario_check(READ_ONCE(served[r->from]) == r->number);
	scenario_check(!READ_ONCE(r->after) || READ_ONCE(served[0]));
	WRITE_ONCE(served[r->from], r->number + 1);
}

static void serve_first(void *info)
{
	serve(info, 0);
}

static void serve_second(void *info)
{
	serve(info, 1);
}

static void (*const serves[REQUESTS])(void *info) = {serve_first, serve_second};

static void call(u32 from, u32 n, bool wait)
{
	struct request *r = &requests[from][n];
	struct cpumask one = {0};

	__cpumask_set_cpu(1, &one);
	WRITE_ONCE(r->filled, 1);
	/* One CPU was called, also if another caller's interrupt is on its way to it. */
	scenario_check(on_each_cpu_mask(&one, serves[n], r, wait) == 1);
	if (wait)
		scenario_check(READ_ONCE(served[from]) == n + 1);
}

static void call_twice(void)
{
	call(0, 0, false);
	WRITE_ONCE(queued, 1);
	call(0, 1, true);
}

static void call_once(void)
{
	WRITE_ONCE(requests[2][0].after, READ_ONCE(queued));
	call(2, 0, true);
}

static void end(void)
{
	scenario_check(served[0] == 2 && served[2] <= 1);
}

static const struct scenario_case reuse_cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.flush = "ipi", .tso = true, .x2apic = true},
	{.busted = "csd_no_wait", RED_BY("scenario")},
	{},
};

static const struct scenario call_vs_reuse = {
	.name = "call_vs_reuse",
	.help = "a request record is used again, before and after its request has run",
	.setup = setup,
	.actor = {call_twice},
	.end = end,
	.cpus = 2,
	.cases = reuse_cases,
};
SCENARIO(call_vs_reuse);

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true, .slow = true},
	{.busted = "csd_late_next", RED_BY("deadlock")},
	{.busted = "csd_newest_first", RED_BY("scenario")},
	{},
};

static const struct scenario call_vs_call = {
	.name = "call_vs_call",
	.help = "two CPUs queue requests at a third",
	.setup = setup,
	.actor = {call_twice, NULL, call_once},
	.end = end,
	.cases = cases,
};
SCENARIO(call_vs_call);
