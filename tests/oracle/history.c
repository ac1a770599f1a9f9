/* SPDX-License-Identifier: GPL-2.0 */
/* The history of a violation: what is kept of the two rings. history_print.c prints it. */
#include "history_view.h"

#define MAX_LINES 48

/* The other CPU's ring first: that CPU goes on writing and overwrites the oldest events. */
void history_capture(struct history *h, int cpu, int other, u64 since, struct oracle_object about)
{
	int own;

	h->cpu[0] = cpu;
	h->cpu[1] = other == cpu ? NO_CPU : other;
	if (h->cpu[1] != NO_CPU && h->cpu[1] < h->cpu[0]) {
		h->cpu[0] = other;
		h->cpu[1] = cpu;
	}
	h->since = since;
	h->about = about;
	h->nr[0] = h->nr[1] = 0;
	h->failed = 0;
	h->judge = own = h->cpu[0] == cpu ? 0 : 1;
	if (h->cpu[!own] != NO_CPU)
		h->nr[!own] =
			event_ring_copy((unsigned int)h->cpu[!own], h->ev[!own], CONFIG_EVENT_RING);
	h->nr[own] = event_ring_copy((unsigned int)cpu, h->ev[own], CONFIG_EVENT_RING);
	h->at = h->nr[own] ? h->ev[own][h->nr[own] - 1].tsc : ~0ULL;
	for (int i = 0; i < 2; i++)
		h->overwritten[i] = h->nr[i] == CONFIG_EVENT_RING && h->ev[i][0].tsc > since;
}

/*
 * Drop walks that had ended at @at: only one that was open then can be too late. One that begins
 * within another is an NMI's. Of the events after @at only the end of that walk is kept: the CPU
 * that found the violation may have been preempted before the rings were copied.
 */
static void drop_finished_walks(struct event *ev, unsigned int *nr, u64 at)
{
	unsigned int out = 0, begin[2], open = 0;

	for (unsigned int i = 0; i < *nr && (open || ev[i].tsc <= at); i++) {
		if (ev[i].id == EV_WALK_BEGIN) {
			/* Its end was lost in the ring. */
			if (open == ARRAY_SIZE(begin))
				open = 0;
			begin[open++] = out;
		}
		ev[out++] = ev[i];
		if (ev[i].id != EV_WALK_END || !open)
			continue;
		open--;
		if (ev[i].tsc <= at)
			out = begin[open];
	}
	*nr = out;
}

/* The history shows tables and walkers; events of the scheduler are left out. */
bool history_wanted(const struct event *ev)
{
	switch (ev->id) {
	case EV_LAZY:
	case EV_RCU_GP:
	case EV_CANARY:
		return false;
	case EV_SYNC_END:
		return ev->c == SYNC_WAITED; /* left out: SYNC_BEGIN shows that */
	default:
		return true;
	}
}

/* Index of the first event at or after @since. */
static unsigned int first_since(const struct history *h, int col)
{
	unsigned int i = 0;

	while (i < h->nr[col] && (h->ev[col][i].tsc < h->since || !history_wanted(&h->ev[col][i])))
		i++;
	return i;
}

static void next_wanted(const struct history *h, int col, unsigned int *i)
{
	do {
		(*i)++;
	} while (*i < h->nr[col] && !history_wanted(&h->ev[col][*i]));
}

static unsigned int count_wanted(const struct history *h, int col)
{
	unsigned int n = 0;

	for (unsigned int i = h->first[col]; i < h->nr[col]; i++)
		n += history_wanted(&h->ev[col][i]);
	return n;
}

/*
 * Where each column begins. If there are too many events the longer one loses its oldest first: a
 * walk that is held up has few and old events, and they must stay.
 */
static void cut(struct history *h)
{
	unsigned int n[2];

	for (int col = 0; col < 2; col++) {
		h->first[col] = first_since(h, col);
		n[col] = count_wanted(h, col);
		h->left_out[col] = 0;
	}
	while (n[0] + n[1] > MAX_LINES) {
		int longer = n[1] > n[0];

		next_wanted(h, longer, &h->first[longer]);
		n[longer]--;
		h->left_out[longer]++;
	}
}

void history_tell(struct history *h)
{
	for (int col = 0; col < 2; col++)
		drop_finished_walks(h->ev[col], &h->nr[col], h->at);
	cut(h);
}
