/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel/spinlock.c keeps its contract. In all other scenarios arch/model/spinlock.c replaces
 * it; this file is compiled against the real one (arch/model/model.mk).
 *
 *	CPU0				CPU1
 *	xchg(val, 1): 0			xchg(val, 1): 1
 *	n = read counter		while (val) pause
 *	counter = n + 1
 *	val = 0	(release)
 *					xchg(val, 1): 0
 *					n = read counter: CPU0's
 */
#include <kernel/spinlock.h>
#include <kernel/event.h>
#include <tests/scenario.h>

static DEFINE_SPINLOCK(lock, RANK_OP);
static u32 counter, inside;

static void count(void)
{
	u32 n = READ_ONCE(counter);

	scenario_check(!READ_ONCE(inside));
	WRITE_ONCE(inside, 1);
	sync_point(SITE_TEST, SYNC_WRITE, &inside);
	WRITE_ONCE(counter, n + 1);
	WRITE_ONCE(inside, 0);
}

static void once(void)
{
	spin_lock(&lock);
	count();
	spin_unlock(&lock);
}

static void until_it_works(void)
{
	while (!spin_trylock(&lock)) {
		sync_point(SITE_LOCK, SYNC_AWAIT, &lock.val);
		cpu_relax();
	}
	count();
	spin_unlock(&lock);
}

static void twice(void)
{
	once();
	once();
}

static void end(void)
{
	scenario_check(counter == 3 && !spin_is_locked(&lock));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "lock_look_then_take", RED_BY("scenario")},
	{},
};

static const struct scenario lock_vs_lock = {
	.name = "lock_vs_lock",
	.help = "the real spinlock: one at a time, and each sees what the last one did",
	.actor = {twice, once},
	.end = end,
	.cases = cases,
};
SCENARIO(lock_vs_lock);

static const struct scenario lock_vs_trylock = {
	.name = "lock_vs_trylock",
	.help = "the real spinlock, one side by spin_trylock()",
	.actor = {twice, until_it_works},
	.end = end,
	.cases = cases,
};
SCENARIO(lock_vs_trylock);

/* Small enough to be searched without a reduction too. */
static void if_free(void)
{
	if (!spin_trylock(&lock))
		return;
	count();
	spin_unlock(&lock);
}

static void one_or_both(void)
{
	scenario_check(counter >= 1 && counter <= 2 && !spin_is_locked(&lock));
}

static const struct scenario_case try_cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "lock_plain_trylock", RED_BY("scenario")},
	{},
};

static const struct scenario trylock_vs_trylock = {
	.name = "trylock_vs_trylock",
	.help = "the real spinlock, both sides by spin_trylock(), once",
	.actor = {if_free, if_free},
	.end = one_or_both,
	.cases = try_cases,
};
SCENARIO(trylock_vs_trylock);
