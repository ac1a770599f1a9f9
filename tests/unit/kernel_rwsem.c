/* SPDX-License-Identifier: GPL-2.0 */
/* Reader-writer semaphores: exclusion, sharing, order of waiters. */
#include <kernel/bug.h>
#include <kernel/ktest.h>
#include <kernel/rwsem.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/atomic.h>

static struct rw_semaphore sem;

KTEST(rwsem, states)
{
	init_rwsem_rank(&sem, "test", RANK_OP);
	KEXPECT(t, !rwsem_is_locked(&sem));
	down_read(&sem);
	KEXPECT(t, rwsem_is_locked(&sem));
	KEXPECT(t, !rwsem_is_write_locked(&sem));
	KEXPECT(t, !down_write_trylock(&sem));
	up_read(&sem);
	down_write(&sem);
	KEXPECT(t, rwsem_is_write_locked(&sem));
	KEXPECT(t, !down_read_trylock(&sem));
	KEXPECT(t, !down_write_trylock(&sem));
	up_write(&sem);
	KEXPECT(t, down_read_trylock(&sem));
	up_read(&sem);
	KEXPECT(t, down_write_trylock(&sem));
	up_write(&sem);
	KEXPECT(t, !rwsem_is_locked(&sem));
	KEXPECT_EQ(t, current->nr_held, 0);
}

static atomic_t step;

static int writer_once(void *unused)
{
	atomic_inc(&step);
	down_write(&sem);
	atomic_inc(&step);
	up_write(&sem);
	return 0;
}

static int reader_once(void *unused)
{
	atomic_inc(&step);
	down_read(&sem);
	atomic_inc(&step);
	up_read(&sem);
	return 0;
}

static struct task_struct *run(int (*fn)(void *), unsigned int cpu)
{
	struct task_struct *t = kthread_create_bound(fn, NULL, (int)cpu, "rwsem");

	BUG_ON(!t);
	wake_up_process(t);
	return t;
}

/* Until @t sleeps, having announced itself: waits for the semaphore. */
static bool sleeps(struct task_struct *t, int steps)
{
	u64 until = sched_clock() + 30 * NSEC_PER_SEC;

	while (atomic_read(&step) < steps && sched_clock() < until)
		schedule_timeout_ns(NSEC_PER_MSEC);
	while (READ_ONCE(t->state) != TASK_SLEEPING && sched_clock() < until)
		schedule_timeout_ns(NSEC_PER_MSEC);
	return READ_ONCE(t->state) == TASK_SLEEPING;
}

KTEST(rwsem, readers_queue_behind_a_waiting_writer)
{
	struct task_struct *w, *r;
	unsigned int last = num_online_cpus() - 1;

	init_rwsem_rank(&sem, "test", RANK_OP);
	atomic_set(&step, 0);
	down_read(&sem);
	w = run(writer_once, last);
	KEXPECT(t, sleeps(w, 1));
	KEXPECT_EQ(t, atomic_read(&step), 1);
	/* It would be compatible with us, but the writer was first. */
	if (!KEXPECT(t, !down_read_trylock(&sem)))
		up_read(&sem);
	r = run(reader_once, last / 2);
	KEXPECT(t, sleeps(r, 2));
	KEXPECT_EQ(t, atomic_read(&step), 2);
	up_read(&sem);
	kthread_stop(w);
	kthread_stop(r);
	KEXPECT_EQ(t, atomic_read(&step), 4);
	KEXPECT(t, !rwsem_is_locked(&sem));
}

#define ROUNDS 60
static atomic_t readers_in, most_readers, errors;
static u64 written, readable; /* equal whenever no writer is inside */

static int mixed_thread(void *unused)
{
	int me = current->cpu;

	for (int i = 0; i < ROUNDS; i++) {
		if ((i + me) % 3) {
			int n;

			down_read(&sem);
			n = atomic_inc_return(&readers_in);
			if (n > atomic_read(&most_readers))
				atomic_set(&most_readers, n);
			if (READ_ONCE(written) != READ_ONCE(readable))
				atomic_inc(&errors);
			cpu_relax();
			if (i % 8 == 0)
				yield();
			if (READ_ONCE(written) != READ_ONCE(readable))
				atomic_inc(&errors);
			atomic_dec(&readers_in);
			up_read(&sem);
		} else {
			u64 v;

			down_write(&sem);
			if (atomic_read(&readers_in))
				atomic_inc(&errors);
			v = READ_ONCE(written) + 1;
			WRITE_ONCE(written, v);
			cpu_relax();
			yield();
			WRITE_ONCE(readable, v);
			up_write(&sem);
		}
	}
	return 0;
}

KTEST(rwsem, excludes)
{
	struct task_struct *threads[16];
	unsigned int n = min_t(unsigned int, 2 * num_online_cpus(), 16);
	u64 want = 0;

	init_rwsem_rank(&sem, "test", RANK_OP);
	atomic_set(&errors, 0);
	atomic_set(&most_readers, 0);
	written = readable = 0;
	for (unsigned int i = 0; i < n; i++)
		threads[i] = run(mixed_thread, i % num_online_cpus());
	for (unsigned int i = 0; i < n; i++) {
		for (unsigned int k = 0; k < ROUNDS; k++)
			want += (k + i % num_online_cpus()) % 3 == 0;
		kthread_stop(threads[i]);
	}
	KEXPECT_EQ(t, atomic_read(&errors), 0);
	KEXPECT_EQ(t, written, want);
	KEXPECT_GE(t, atomic_read(&most_readers), 2); /* readers did share it */
	KEXPECT(t, !rwsem_is_locked(&sem));
}
