/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel/rwsem.c: a writer is alone, and a waiter is woken.
 *
 *	CPU0 writer			CPU1 reader
 *	down_write()
 *					down_read(): queue behind
 *					state = SLEEPING
 *					granted? no
 *	up_write(): grant, wake
 *					schedule(): RUNNING again, goes on
 */
#include <kernel/list.h>
#include <kernel/rwsem.h>
#include <tests/scenario.h>

static struct rw_semaphore sem;
static u32 writers, readers, value;

static void setup(void)
{
	init_rwsem_rank(&sem, "sem", RANK_OP);
}

static void write(void)
{
	down_write(&sem);
	scenario_check(!READ_ONCE(writers) && !READ_ONCE(readers));
	WRITE_ONCE(writers, 1);
	WRITE_ONCE(value, READ_ONCE(value) + 1);
	WRITE_ONCE(writers, 0);
	up_write(&sem);
}

static void read(void)
{
	u32 v;

	down_read(&sem);
	v = READ_ONCE(value);
	scenario_check(!READ_ONCE(writers));
	scenario_check(READ_ONCE(value) == v);
	up_read(&sem);
}

static void nobody_left(void)
{
	scenario_check(!rwsem_is_locked(&sem) && list_empty(&sem.waiters));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "rwsem_late_state", RED_BY("deadlock")},
	{},
};

static const struct scenario rwsem_vs_rwsem = {
	.name = "rwsem_vs_rwsem",
	.help = "a writer and a reader of one rwsem, each of which may have to sleep",
	.setup = setup,
	.actor = {write, read},
	.end = nobody_left,
	.cases = cases,
};
SCENARIO(rwsem_vs_rwsem);

/* A third one, so that two wait for the first. rwsem.c itself counts the holders. */
static void only_write(void)
{
	down_write(&sem);
	up_write(&sem);
}

static void only_read(void)
{
	down_read(&sem);
	up_read(&sem);
}

static const struct scenario_case three_cases[] = {
	{.flush = "ipi", .slow = true},
	{.busted = "rwsem_wakes_all", .expect = SOMETIMES},
	{},
};

static const struct scenario rwsem_vs_two = {
	.name = "rwsem_vs_two",
	.help = "two writers and a reader of one rwsem",
	.setup = setup,
	.actor = {only_write, only_read, only_write},
	.end = nobody_left,
	.cases = three_cases,
};
SCENARIO(rwsem_vs_two);
