/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two CPUs have a function of their own called on a third one. Each returns when its function has
 * run there, once.
 *
 *	CPU0 smp_call_function_many_cond()	CPU1 the same		CPU2
 *	queue it: the first, send an IPI
 *						queue it
 *									IPI: run both
 *	wait					wait
 */
#include "linux.h"

static void call(void)
{
	unsigned int times = lx_linux_call_on(2);

	plain_settle();
	scenario_check(times == 1);
}

static void nothing(void)
{
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{},
};

static const struct scenario linux_call_vs_call = {
	.name = "linux_call_vs_call",
	.help = "Linux: two CPUs have a function called on a third one, and wait for it",
	.setup = linux_setup,
	.actor = {call, call, nothing},
	.cases = cases,
};
SCENARIO(linux_call_vs_call);

/*
 * A CPU has two functions called on another one without waiting. The second one finds the request
 * in use until the first has been taken out of the queue.
 */
static void call_twice(void)
{
	linux_call(call_async(1, 0));
	linux_call(call_async(1, 1));
}

static void each_once(void)
{
	scenario_check(lx_linux_called_async(0) == 1 && lx_linux_called_async(1) == 1);
}

static const struct scenario linux_call_twice_vs_idle = {
	.name = "linux_call_twice_vs_idle",
	.help = "Linux: a CPU has two functions called on another one, and waits for neither",
	.setup = linux_setup,
	.actor = {call_twice, nothing},
	.end = each_once,
	.cases = cases,
};
SCENARIO(linux_call_twice_vs_idle);
