/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history of a violation has the walk that was open when it was found, however late the rings
 * were copied, and however many events the other CPU has had meanwhile.
 *
 *	CPU1, a vCPU			CPU0
 *	walk begins
 *	read PUD
 *	(preempted by its host)
 *					withdraw, flush without CPU1, reuse: violation
 *					(preempted by its host)
 *	read PMD, walk ends
 *	many more walks
 *					copies the rings
 */
#include <kernel/ktest.h>
#include <kernel/string.h>
#include <tests/history.h>

#define MANY 100

static struct history h;

static void event(int col, enum event_id id, u64 tsc)
{
	h.ev[col][h.nr[col]++] =
		(struct event){.tsc = tsc, .id = (u16)id, .cpu = (u16)col, .a = tsc};
}

static void walk(int col, u64 begin, u64 end)
{
	event(col, EV_WALK_BEGIN, begin);
	event(col, EV_PT_READ, begin + 1);
	event(col, EV_WALK_END, end);
}

static void begin(u64 since, u64 at)
{
	memset(&h, 0, sizeof(h));
	h.cpu[1] = 1;
	h.since = since;
	h.at = at;
}

static unsigned int count(int col, enum event_id id, u64 tsc)
{
	unsigned int n = 0;

	for (unsigned int i = h.first[col]; i < h.nr[col]; i++)
		n += h.ev[col][i].id == id && h.ev[col][i].tsc == tsc;
	return n;
}

KTEST(history, walk_that_has_ended_since)
{
	begin(100, 150);
	walk(1, 10, 20);
	walk(1, 100, 200);
	walk(1, 300, 310);
	event(0, EV_WITHDRAW, 120);
	event(0, EV_PT_CLEAR, 150);
	history_tell(&h);
	KEXPECT_EQ(t, count(1, EV_WALK_BEGIN, 100), 1);
	KEXPECT_EQ(t, count(1, EV_PT_READ, 101), 1);
	KEXPECT_EQ(t, count(1, EV_WALK_END, 200), 1);
	/* One that was over, and one that had not begun. */
	KEXPECT_EQ(t, h.nr[1] - h.first[1], 3);
	KEXPECT_EQ(t, h.nr[0] - h.first[0], 2);
}

KTEST(history, walk_that_is_open)
{
	begin(100, 150);
	walk(1, 80, 90);
	event(1, EV_WALK_BEGIN, 100);
	event(1, EV_PT_READ, 101);
	event(0, EV_PT_CLEAR, 150);
	history_tell(&h);
	KEXPECT_EQ(t, count(1, EV_WALK_BEGIN, 100), 1);
	KEXPECT_EQ(t, h.nr[1] - h.first[1], 2);
}

KTEST(history, long_column_is_cut_and_not_the_walk)
{
	begin(100, 1000);
	event(1, EV_WALK_BEGIN, 100);
	event(1, EV_PT_READ, 101);
	for (u64 i = 0; i < MANY; i++)
		event(0, EV_SWITCH_MM, 200 + i);
	event(0, EV_PT_CLEAR, 1000);
	history_tell(&h);
	KEXPECT_EQ(t, count(1, EV_WALK_BEGIN, 100), 1);
	KEXPECT_EQ(t, h.left_out[1], 0);
	KEXPECT_GT(t, h.left_out[0], 0);
	KEXPECT_EQ(t, h.left_out[0] + h.nr[0] - h.first[0], MANY + 1);
	KEXPECT_EQ(t, count(0, EV_PT_CLEAR, 1000), 1);
}
