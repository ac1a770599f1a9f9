/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lock that one CPU alone ever takes, between a store and a load.
 *
 *	CPU0				CPU1
 *	x = 1				y = 1
 *	lock: a locked instruction	smp_mb()
 *	r = y				r = x
 *
 * One of the two sees the other's store: a locked instruction drains the store buffer,
 * whether or not another CPU accesses its word (SDM vol. 3A 9.2.2, 9.2.3.9; APM vol. 2 7.2).
 */
#include <kernel/spinlock.h>
#include <asm/barrier.h>
#include <tests/scenario.h>

static DEFINE_SPINLOCK(mine, RANK_MM);
static u64 x __cacheline_aligned, y __cacheline_aligned;
static u64 seen_x, seen_y;

static void store_lock_load(void)
{
	WRITE_ONCE(x, 1);
	spin_lock(&mine);
	seen_y = READ_ONCE(y);
	spin_unlock(&mine);
}

static void store_fence_load(void)
{
	WRITE_ONCE(y, 1);
	smp_mb();
	seen_x = READ_ONCE(x);
}

static void end(void)
{
	scenario_check(seen_x || seen_y);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.tso = true, .busted = "hw_lock_keeps_stores", RED_BY("scenario")},
	{},
};

static const struct scenario lock_vs_store = {
	.name = "lock_vs_store",
	.help = "a lock that no other CPU takes orders a store before a load",
	.actor = {store_lock_load, store_fence_load},
	.end = end,
	.cases = cases,
};
SCENARIO(lock_vs_store);
