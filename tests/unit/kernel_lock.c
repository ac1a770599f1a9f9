/* SPDX-License-Identifier: GPL-2.0 */
/* Lock ranks and spinlocks. */
#include <kernel/bug.h>
#include <kernel/ktest.h>
#include <kernel/lockrank.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/atomic.h>

static struct task_struct fake;
static spinlock_t lock_a, lock_b, lock_c;

static void start(void)
{
	fake.nr_held = 0;
	spin_lock_init_rank(&lock_a, "a", RANK_MMAP);
	spin_lock_init_rank(&lock_b, "b", RANK_PTE);
	spin_lock_init_rank(&lock_c, "c", RANK_PTE);
}

KTEST(lockrank, ascending_is_allowed)
{
	start();
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_a, RANK_MMAP, false), -1);
	lock_rank_push(&fake, &lock_a, "a", RANK_MMAP);
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_b, RANK_PTE, false), -1);
}

KTEST(lockrank, descending_is_found)
{
	start();
	lock_rank_push(&fake, &lock_b, "b", RANK_PTE);
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_a, RANK_MMAP, false), 0);
	/* Also below the top of the stack, and with the nested form. */
	lock_rank_push(&fake, &fake, "zone", RANK_ZONE);
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_a, RANK_MMAP, true), 0);
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_c, RANK_PTE, true), 1);
}

KTEST(lockrank, same_rank_only_nested)
{
	start();
	lock_rank_push(&fake, &lock_b, "b", RANK_PTE);
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_c, RANK_PTE, false), 0);
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_c, RANK_PTE, true), -1);
}

KTEST(lockrank, recursion_is_found_even_nested)
{
	start();
	lock_rank_push(&fake, &lock_a, "a", RANK_MMAP);
	lock_rank_push(&fake, &lock_b, "b", RANK_PTE);
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_b, RANK_PTE, true), 1);
}

KTEST(lockrank, release_in_any_order)
{
	start();
	lock_rank_push(&fake, &lock_a, "a", RANK_MMAP);
	lock_rank_push(&fake, &lock_b, "b", RANK_PTE);
	KEXPECT(t, lock_rank_pop(&fake, &lock_a));
	KEXPECT(t, !lock_rank_pop(&fake, &lock_a));
	KEXPECT_EQ(t, fake.nr_held, 1);
	KEXPECT(t, fake.held[0].lock == &lock_b);
	KEXPECT_EQ(t, lock_rank_conflict(&fake, &lock_a, RANK_MMAP, false), 0);
	KEXPECT(t, lock_rank_pop(&fake, &lock_b));
	KEXPECT_EQ(t, fake.nr_held, 0);
}

KTEST(spinlock, held_and_not_held)
{
	unsigned long flags;

	start();
	KEXPECT(t, !spin_is_locked(&lock_a));
	spin_lock(&lock_a);
	KEXPECT(t, spin_is_locked(&lock_a));
	KEXPECT_EQ(t, preempt_count(), 1);
	if (CONFIG_PROVE_LOCKING)
		KEXPECT(t, lock_rank_held(&lock_a));
	spin_lock(&lock_b);
	spin_lock_nested(&lock_c, SINGLE_DEPTH_NESTING);
	lockdep_assert_held(&lock_b);
	spin_unlock(&lock_a);
	spin_unlock(&lock_c);
	spin_unlock(&lock_b);
	KEXPECT(t, !spin_is_locked(&lock_b));
	KEXPECT(t, !lock_rank_held(&lock_a));

	spin_lock_irqsave(&lock_a, flags);
	KEXPECT(t, irqs_disabled());
	spin_unlock_irqrestore(&lock_a, flags);
	KEXPECT(t, !irqs_disabled());
	KEXPECT_EQ(t, preempt_count(), 0);
}

KTEST(spinlock, trylock)
{
	start();
	KASSERT(t, spin_trylock(&lock_a));
	KEXPECT(t, spin_is_locked(&lock_a));
	/* Out of order is all right for one that does not wait. */
	spin_unlock(&lock_a);
	spin_lock(&lock_b);
	KEXPECT(t, spin_trylock(&lock_a));
	KEXPECT(t, !spin_trylock(&lock_a));
	KEXPECT_EQ(t, preempt_count(), 2);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
	KEXPECT_EQ(t, preempt_count(), 0);
}

#define MUTEX_ROUNDS 200
static u64 shared; /* lock_b */

static int mutex_thread(void *unused)
{
	for (int i = 0; i < MUTEX_ROUNDS; i++) {
		u64 v;

		spin_lock(&lock_b);
		v = READ_ONCE(shared);
		cpu_relax(); /* the other CPUs' turn: all of them find it locked */
		WRITE_ONCE(shared, v + 1);
		spin_unlock(&lock_b);
	}
	return 0;
}

KTEST(spinlock, excludes_all_cpus)
{
	struct task_struct *threads[16];
	unsigned int n = min_t(unsigned int, num_online_cpus(), 16);

	start();
	shared = 0;
	for (unsigned int i = 0; i < n; i++) {
		threads[i] = kthread_create_bound(mutex_thread, NULL, (int)i, "mutex");
		BUG_ON(!threads[i]);
	}
	for (unsigned int i = 0; i < n; i++)
		wake_up_process(threads[i]);
	for (unsigned int i = 0; i < n; i++)
		kthread_stop(threads[i]);
	KEXPECT_EQ(t, shared, (u64)n * MUTEX_ROUNDS);
}
