/* SPDX-License-Identifier: GPL-2.0 */
/* A thread on another CPU that may be held up. See <tests/errand.h>. */
#include <kernel/time.h>
#include <asm/atomic.h>
#include <tests/errand.h>

static int errand(void *arg)
{
	struct errand *e = arg;

	e->fn(e->arg);
	e->acct = current->acct; /* a new thread's: all of it is the errand's */
	smp_store_release(&e->done, true); /* pairs with errand_step_within() */
	return 0;
}

bool errand_start(struct errand *e, unsigned int cpu, void (*fn)(void *arg), void *arg)
{
	*e = (struct errand){.fn = fn, .arg = arg};
	e->task = kthread_create_bound(errand, e, (int)cpu, "errand");
	if (!e->task)
		return false;
	wake_up_process(e->task);
	return true;
}

bool errand_step_within(const bool *flag, u64 ns)
{
	u64 end = sched_clock() + ns;

	while (!smp_load_acquire(flag) && sched_clock() < end) /* pairs with errand(), or a step */
		schedule_timeout_ns(NSEC_PER_MSEC);
	return smp_load_acquire(flag);
}

bool errand_done_within(struct errand *e, u64 ns)
{
	return errand_step_within(&e->done, ns);
}

void errand_end(struct errand *e)
{
	kthread_stop(e->task);
}
