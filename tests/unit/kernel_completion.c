/* SPDX-License-Identifier: GPL-2.0 */
/* Completions: events are counted, and any thread may wait. */
#include <kernel/bug.h>
#include <kernel/completion.h>
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/atomic.h>

static struct task_struct *create(int (*fn)(void *), void *arg, unsigned int cpu)
{
	struct task_struct *t = kthread_create_bound(fn, arg, (int)cpu, "test");

	BUG_ON(!t);
	return t;
}

static int complete_later(void *arg)
{
	schedule_timeout_ns(NSEC_PER_MSEC);
	complete(arg);
	return 0;
}

KTEST(completion, event_comes_later)
{
	for (int i = 0; i < 10; i++) {
		struct completion c;
		struct task_struct *a = create(complete_later, &c, num_online_cpus() - 1);

		init_completion(&c);
		wake_up_process(a);
		wait_for_completion(&c);
		KEXPECT_EQ(t, c.done, 0);
		kthread_stop(a);
	}
}

KTEST(completion, counts)
{
	struct completion c;

	init_completion(&c);
	complete(&c);
	complete(&c);
	wait_for_completion(&c);
	KEXPECT_EQ(t, c.done, 1);
	wait_for_completion(&c);
	KEXPECT_EQ(t, c.done, 0);
}

static struct completion shared_completion;
static atomic_t waiters_done;

static int wait_for_shared(void *unused)
{
	wait_for_completion(&shared_completion);
	atomic_inc(&waiters_done);
	return 0;
}

/* Not even one of them is the thread that initialised it; each event lets one go on. */
KTEST(completion, has_many_waiters)
{
	struct task_struct *waiters[3];

	init_completion(&shared_completion);
	atomic_set(&waiters_done, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(waiters); i++) {
		waiters[i] = create(wait_for_shared, NULL, i % num_online_cpus());
		wake_up_process(waiters[i]);
	}
	for (int i = 1; i <= (int)ARRAY_SIZE(waiters); i++) {
		complete(&shared_completion);
		for (int ms = 0; ms < 1000 && atomic_read(&waiters_done) < i; ms++)
			schedule_timeout_ns(NSEC_PER_MSEC);
		schedule_timeout_ns(NSEC_PER_MSEC);
		KEXPECT_EQ(t, atomic_read(&waiters_done), i);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(waiters); i++)
		kthread_stop(waiters[i]);
	KEXPECT_EQ(t, shared_completion.done, 0);
}
