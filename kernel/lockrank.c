/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lock order at run time. Each task has a stack of the locks it holds; an interrupt
 * handler pushes onto that of the task it interrupted, which is right: it cannot wait
 * for a lock that this very task holds.
 *
 * The stack is the running task's own, so it needs no lock, but an interrupt may come
 * between two of its stores: the changes run with interrupts off. NMI handlers take no
 * locks.
 */
#include <kernel/bug.h>
#include <kernel/irqflags.h>
#include <kernel/lockrank.h>
#include <kernel/panic.h>
#include <kernel/sched.h>

static const char *const rank_names[NR_RANKS] = {
	[RANK_NONE] = "none",
	[RANK_OP] = "op",
	[RANK_MMAP] = "mmap",
	[RANK_VMA] = "vma",
	[RANK_I_MMAP] = "i_mmap",
	[RANK_ANON_VMA] = "anon_vma",
	[RANK_PAGE_TABLE] = "page_table",
	[RANK_PMD] = "pmd",
	[RANK_PTE] = "pte",
	[RANK_MM] = "mm",
	[RANK_ZONE] = "zone",
	[RANK_RCU] = "rcu",
	[RANK_WAIT] = "wait",
	[RANK_RQ] = "rq",
	[RANK_SMP] = "smp",
	[RANK_CONSOLE] = "console",
};

static const char *rank_name(u16 rank)
{
	return rank < NR_RANKS && rank_names[rank] ? rank_names[rank] : "?";
}

int lock_rank_conflict(const struct task_struct *t, const void *lock, enum lock_rank rank,
		       bool nested)
{
	for (unsigned int i = 0; i < t->nr_held; i++) {
		if (t->held[i].lock == lock)
			return (int)i;
		if (t->held[i].rank > rank || (t->held[i].rank == rank && !nested))
			return (int)i;
	}
	return -1;
}

void lock_rank_push(struct task_struct *t, const void *lock, const char *name, enum lock_rank rank)
{
	if (t->nr_held == MAX_LOCKS_HELD)
		panic("lock %s: thread %s already holds %d locks", name, t->name, MAX_LOCKS_HELD);
	t->held[t->nr_held].lock = lock;
	t->held[t->nr_held].name = name;
	t->held[t->nr_held].rank = (u16)rank;
	t->nr_held++;
}

bool lock_rank_pop(struct task_struct *t, const void *lock)
{
	for (unsigned int i = t->nr_held; i-- > 0;) {
		if (t->held[i].lock != lock)
			continue;
		t->nr_held--;
		for (; i < t->nr_held; i++)
			t->held[i] = t->held[i + 1];
		return true;
	}
	return false;
}

static void __noreturn report_conflict(const struct task_struct *t, int i, const void *lock,
				       const char *name, enum lock_rank rank)
{
	if (t->held[i].lock == lock)
		panic("lock recursion: %s takes %s (rank %s %u), which it holds", t->name, name,
		      rank_name((u16)rank), rank);
	panic("lock order: %s takes %s (rank %s %u) while holding %s (rank %s %u)", t->name, name,
	      rank_name((u16)rank), rank, t->held[i].name, rank_name(t->held[i].rank),
	      t->held[i].rank);
}

static void acquire(const void *lock, const char *name, enum lock_rank rank, bool nested, bool try)
{
	struct task_struct *t = current;
	unsigned long flags;
	int i;

	if (!CONFIG_PROVE_LOCKING || !t || panic_in_progress())
		return;
	local_irq_save(flags);
	/* A trylock never waits, so no order of trylocks can end in a deadlock. */
	i = try ? -1 : lock_rank_conflict(t, lock, rank, nested);
	if (i >= 0)
		report_conflict(t, i, lock, name, rank);
	lock_rank_push(t, lock, name, rank);
	local_irq_restore(flags);
}

void lock_rank_acquire(const void *lock, const char *name, enum lock_rank rank, bool nested)
{
	acquire(lock, name, rank, nested, false);
}

void lock_rank_acquire_try(const void *lock, const char *name, enum lock_rank rank)
{
	acquire(lock, name, rank, true, true);
}

void lock_rank_release(const void *lock)
{
	struct task_struct *t = current;
	unsigned long flags;
	bool held;

	if (!CONFIG_PROVE_LOCKING || !t || panic_in_progress())
		return;
	local_irq_save(flags);
	held = lock_rank_pop(t, lock);
	local_irq_restore(flags);
	if (!held)
		panic("unlock of %pS (%p), which %s does not hold", lock, lock, t->name);
}

bool lock_rank_held(const void *lock)
{
	const struct task_struct *t = current;

	for (unsigned int i = 0; t && i < t->nr_held; i++)
		if (t->held[i].lock == lock)
			return true;
	return false;
}
