/* SPDX-License-Identifier: GPL-2.0 */
/* Threads: wake-ups, timeouts, preemption, coming and going. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/atomic.h>
#include <asm/smp.h>

static struct task_struct *create(int (*fn)(void *), void *arg, unsigned int cpu)
{
	struct task_struct *t = kthread_create_bound(fn, arg, (int)cpu, "test");

	BUG_ON(!t);
	return t;
}

static int return_arg(void *arg)
{
	return (int)(long)arg;
}

KTEST(sched, exit_code)
{
	struct task_struct *a = create(return_arg, (void *)42L, 0);

	KEXPECT(t, wake_up_process(a));
	KEXPECT_EQ(t, kthread_stop(a), 42);
	a = create(return_arg, (void *)43L, num_online_cpus() - 1);
	KEXPECT_EQ(t, kthread_stop(a), -EINTR); /* never woken, never run */
}

static int sleeper(void *arg)
{
	atomic_t *woken = arg;

	while (!kthread_should_stop()) {
		set_current_state(TASK_SLEEPING);
		if (kthread_should_stop())
			break;
		schedule();
		atomic_inc(woken);
	}
	set_current_state(TASK_RUNNING);
	return 0;
}

KTEST(sched, wake_up_tells_whether_it_woke)
{
	atomic_t woken = ATOMIC_INIT(0);
	struct task_struct *a = create(sleeper, &woken, num_online_cpus() - 1);

	wake_up_process(a);
	while (READ_ONCE(a->state) != TASK_SLEEPING)
		schedule_timeout_ns(NSEC_PER_MSEC);
	KEXPECT_EQ(t, atomic_read(&woken), 0);
	KEXPECT(t, wake_up_process(a));
	while (!atomic_read(&woken))
		schedule_timeout_ns(NSEC_PER_MSEC);
	KEXPECT(t, !wake_up_process(current));
	kthread_stop(a);
}

/* Two threads hand a token to and fro; a lost wake-up would leave both asleep. */
struct pingpong {
	int turn;
	struct task_struct *task[2];
	int left[2];
};

struct player {
	struct pingpong *game;
	int me;
};

static int play(void *arg)
{
	struct player *p = arg;
	struct pingpong *g = p->game;

	while (g->left[p->me]) {
		set_current_state(TASK_SLEEPING);
		if (READ_ONCE(g->turn) != p->me) {
			schedule();
			continue;
		}
		set_current_state(TASK_RUNNING);
		g->left[p->me]--;
		WRITE_ONCE(g->turn, !p->me);
		wake_up_process(g->task[!p->me]);
	}
	return 0;
}

static void ping_pong(struct ktest *t, unsigned int cpu_a, unsigned int cpu_b)
{
	struct pingpong g = {.left = {300, 300}};
	struct player a = {&g, 0}, b = {&g, 1};

	g.task[0] = create(play, &a, cpu_a);
	g.task[1] = create(play, &b, cpu_b);
	wake_up_process(g.task[0]);
	wake_up_process(g.task[1]);
	kthread_stop(g.task[0]);
	kthread_stop(g.task[1]);
	KEXPECT_EQ(t, g.left[0], 0);
	KEXPECT_EQ(t, g.left[1], 0);
}

KTEST(sched, no_wake_up_is_lost)
{
	unsigned int last = num_online_cpus() - 1;

	ping_pong(t, last, last);
	ping_pong(t, 0, last);
	ping_pong(t, last / 2, last);
}

KTEST(sched, idle_cpu_is_told)
{
	unsigned int last = num_online_cpus() - 1;
	u64 before = irq_count(last, RESCHEDULE_VECTOR);

	if (!last)
		KSKIP(t, "needs 2 CPUs");
	ping_pong(t, 0, last);
	/* Not every time: the other may still be on its way to sleep. */
	KEXPECT_GT(t, irq_count(last, RESCHEDULE_VECTOR) - before, 20);
}

KTEST(sched, timeout)
{
	u64 start = sched_clock(), took;

	schedule_timeout_ns(30 * NSEC_PER_MSEC);
	took = sched_clock() - start;
	KEXPECT_GE(t, took, 30 * NSEC_PER_MSEC);
	KEXPECT_GT(t, 30 * NSEC_PER_SEC, took);
	/* Not a deadline of the past: the next one is as long. */
	start = sched_clock();
	schedule_timeout_ns(30 * NSEC_PER_MSEC);
	KEXPECT_GE(t, sched_clock() - start, 30 * NSEC_PER_MSEC);
}

static int wake_later(void *arg)
{
	schedule_timeout_ns(20 * NSEC_PER_MSEC);
	wake_up_process(arg);
	return 0;
}

KTEST(sched, woken_before_timeout)
{
	struct task_struct *a = create(wake_later, current, num_online_cpus() - 1);
	u64 start = sched_clock();

	wake_up_process(a);
	schedule_timeout_ns(100 * NSEC_PER_SEC);
	KEXPECT_GT(t, 60 * NSEC_PER_SEC, sched_clock() - start);
	KEXPECT_GE(t, sched_clock() - start, 20 * NSEC_PER_MSEC);
	kthread_stop(a);
}

KTEST(sched, wake_up_between_state_and_sleep)
{
	u64 start = sched_clock();

	set_current_state(TASK_SLEEPING);
	KEXPECT(t, wake_up_process(current));
	schedule_timeout_ns(100 * NSEC_PER_SEC);
	KEXPECT_GT(t, 60 * NSEC_PER_SEC, sched_clock() - start);
	set_current_state(TASK_SLEEPING);
	wake_up_process(current);
	schedule(); /* would never return */
	KEXPECT_EQ(t, current->state, TASK_RUNNING);
}

/* Mostly plain instructions: under icount a pause takes a trip and hardly any time. */
static void spin_a_little(void)
{
	for (int i = 0; i < 500; i++)
		barrier();
	cpu_relax();
}

static int spin(void *arg)
{
	u64 *counter = arg;

	while (!kthread_should_stop()) {
		WRITE_ONCE(*counter, *counter + 1);
		spin_a_little();
	}
	return 0;
}

KTEST(sched, tick_preempts)
{
	unsigned int last = num_online_cpus() - 1;
	static u64 counters[3];
	struct task_struct *threads[3];
	u64 until = sched_clock() + 30 * NSEC_PER_SEC;

	for (int i = 0; i < 3; i++) {
		counters[i] = 0;
		threads[i] = create(spin, &counters[i], last);
		wake_up_process(threads[i]);
	}
	/* None of them ever yields. */
	while (sched_clock() < until &&
	       !(READ_ONCE(counters[0]) && READ_ONCE(counters[1]) && READ_ONCE(counters[2])))
		schedule_timeout_ns(10 * NSEC_PER_MSEC);
	/* All before the first is stopped, which would let the others run. */
	for (int i = 0; i < 3; i++)
		KEXPECT_GT(t, READ_ONCE(counters[i]), 0);
	for (int i = 0; i < 3; i++)
		kthread_stop(threads[i]);
}

static int rescued;

static int rescue(void *sleeper)
{
	schedule_timeout_ns(10 * NSEC_PER_SEC);
	WRITE_ONCE(rescued, 1);
	wake_up_process(sleeper);
	return 0;
}

KTEST(sched, preemption_is_not_sleep)
{
	struct task_struct *a = create(rescue, current, 0);
	static u64 counter;
	struct task_struct *b = create(spin, &counter, 0);
	u64 until;

	rescued = 0;
	wake_up_process(a);
	wake_up_process(b);
	set_current_state(TASK_SLEEPING);
	until = sched_clock() + 60 * NSEC_PER_MSEC;
	while (sched_clock() < until ||
	       (!READ_ONCE(counter) && sched_clock() < until + 5 * NSEC_PER_SEC))
		spin_a_little();
	/* Preempted again and again, and always come back without being woken. */
	KEXPECT_EQ(t, READ_ONCE(rescued), 0);
	set_current_state(TASK_RUNNING);
	KEXPECT_GT(t, READ_ONCE(counter), 0);
	kthread_stop(b);
	kthread_stop(a);
}

static int set_flag(void *arg)
{
	WRITE_ONCE(*(int *)arg, 1);
	return 0;
}

/* Returns whether a thread that is woken with preemption off has run right after preempt_enable(). */
static bool runs_when_enabled(struct ktest *t)
{
	static int flag;
	struct task_struct *a = create(set_flag, &flag, 0);
	bool ran;
	u64 until;

	flag = 0;
	preempt_disable();
	wake_up_process(a);
	until = sched_clock() + 50 * NSEC_PER_MSEC; /* five ticks */
	while (sched_clock() < until)
		spin_a_little();
	KEXPECT_EQ(t, READ_ONCE(flag), 0);
	preempt_enable(); /* and here it comes */
	ran = READ_ONCE(flag);
	kthread_stop(a);
	return ran;
}

KTEST(sched, preempt_disable_holds_off_the_tick)
{
	bool ran = false;

	/* On a busy host the next tick may preempt the thread before its first instruction. */
	for (int i = 0; i < 5 && !ran; i++)
		ran = runs_when_enabled(t);
	KEXPECT(t, ran);
}

static int yielder(void *arg)
{
	u64 *turns = arg;

	while (!kthread_should_stop()) {
		WRITE_ONCE(*turns, *turns + 1);
		yield();
	}
	return 0;
}

KTEST(sched, yield_goes_round)
{
	static u64 turns;
	struct task_struct *a = create(yielder, &turns, 0);

	turns = 0;
	wake_up_process(a);
	for (int i = 0; i < 20; i++)
		yield();
	/* One turn for one; a few more where a tick came in between. */
	KEXPECT_GE(t, READ_ONCE(turns), 20);
	KEXPECT_LE(t, READ_ONCE(turns), 25);
	kthread_stop(a);
}

KTEST(sched, threads_are_recycled)
{
	unsigned int n = num_online_cpus();

	for (unsigned int i = 0; i < 3000; i++) {
		struct task_struct *a =
			kthread_create_bound(return_arg, (void *)(long)i, (int)(i % n), "short");

		KASSERT(t, a);
		if (i % 7)
			wake_up_process(a);
		if (kthread_stop(a) != (i % 7 ? (int)i : -EINTR))
			KEXPECT_EQ(t, i, -1);
	}
	KEXPECT_EQ(t, preempt_count(), 0);
}

KTEST(sched, creation_fails_cleanly)
{
	static struct task_struct *all[4096];
	unsigned int n = 0;

	while (n < ARRAY_SIZE(all)) {
		all[n] = kthread_create_bound(return_arg, NULL, 0, "many");
		if (!all[n])
			break;
		n++;
	}
	KEXPECT_GT(t, n, 8);
	KEXPECT_GT(t, ARRAY_SIZE(all), n);
	while (n)
		kthread_stop(all[--n]);
	all[0] = kthread_create_bound(return_arg, NULL, 0, "again");
	KASSERT(t, all[0]);
	kthread_stop(all[0]);
}
