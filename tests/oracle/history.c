/* SPDX-License-Identifier: GPL-2.0 */
/* The two-column history of a violation. */
#include <kernel/printk.h>
#include <kernel/string.h>
#include <asm/pgtable_types.h>
#include <tests/history.h>
#include <tests/oracle.h>

#define COLUMN	  38
#define MAX_LINES 48

/* The other CPU's ring first: that CPU goes on writing and overwrites the oldest events. */
void history_capture(struct history *h, int cpu, int other, u64 since)
{
	int own;

	h->cpu[0] = cpu;
	h->cpu[1] = other == cpu ? NO_CPU : other;
	if (h->cpu[1] != NO_CPU && h->cpu[1] < h->cpu[0]) {
		h->cpu[0] = other;
		h->cpu[1] = cpu;
	}
	h->since = since;
	h->nr[0] = h->nr[1] = 0;
	own = h->cpu[0] == cpu ? 0 : 1;
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
static bool wanted(const struct event *ev)
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

	while (i < h->nr[col] && (h->ev[col][i].tsc < h->since || !wanted(&h->ev[col][i])))
		i++;
	return i;
}

static void next_wanted(const struct history *h, int col, unsigned int *i)
{
	do {
		(*i)++;
	} while (*i < h->nr[col] && !wanted(&h->ev[col][*i]));
}

/* An entry's value: what it leads to. */
static int describe_value(char *buf, size_t size, u64 v, u64 level)
{
	if (!(v & _PAGE_PRESENT))
		return snprintf(buf, size, "none");
	return snprintf(buf, size, "%s %#lx%s",
			level == PT_LEVEL_PTE || v & _PAGE_PSE ? "page" : "table", entry_pfn(v),
			v & _PAGE_PSE && level != PT_LEVEL_PTE ? " (huge)" : "");
}

static void describe_access(const struct event *ev, char *buf, size_t size)
{
	static const char *const levels[] = {
		[0] = "?",
		[PT_LEVEL_PTE] = "pte",
		[PT_LEVEL_PMD] = "pmd",
		[PT_LEVEL_PUD] = "pud",
		[PT_LEVEL_PGD] = "pgd",
	};
	const char *verb = "read", *colon = ":";
	int n;

	if (ev->id == EV_PT_SET) {
		verb = "set";
		colon = " =";
	} else if (ev->id == EV_PT_CLEAR) {
		verb = "clear";
		colon = ", was";
	}
	n = snprintf(buf, size, "%s %s %#lx[%llu]%s ", verb, levels[ev->c % ARRAY_SIZE(levels)],
		     PFN_DOWN(ev->a), (unsigned long long)(ev->a % PAGE_SIZE / 8), colon);
	describe_value(buf + n, size - (size_t)n, ev->b, ev->c);
}

/* Events worded for people; all others have the format of the event list. */
static void describe(const struct event *ev, char *buf, size_t size)
{
	switch (ev->id) {
	case EV_PT_READ:
	case EV_PT_SET:
	case EV_PT_CLEAR:
		describe_access(ev, buf, size);
		break;
	case EV_OP_BEGIN:
	case EV_OP_END:
		snprintf(buf, size, "%s %s", op_names[ev->a % MAX_OPS],
			 ev->id == EV_OP_BEGIN ? "begins" : "ends");
		break;
	case EV_IPI_SEND:
		snprintf(buf, size, "call %pS on %llu CPUs, %llu IPIs", (void *)ev->a,
			 (unsigned long long)ev->b, (unsigned long long)ev->c);
		break;
	case EV_IPI_RECV:
		snprintf(buf, size, "%pS runs here for CPU%llu", (void *)ev->a,
			 (unsigned long long)ev->b);
		break;
	case EV_HW_RACE:
	case EV_HW_AT:
		strscpy(buf, (const char *)ev->a, size);
		break;
	default:
		event_format(ev, buf, size);
	}
}

static void print_line(int col, const char *text)
{
	/* A long event goes on in the next line of its own column. */
	while (*text) {
		char part[COLUMN + 1];
		size_t n = COLUMN;

		/* Break at a space, if there is one in the second half. */
		if (strscpy(part, text, sizeof(part)) < 0) {
			while (n > COLUMN / 2 && text[n] != ' ')
				n--;
			n = text[n] == ' ' ? n : COLUMN;
		} else {
			n = strlen(part);
		}
		part[n] = '\0';

		if (col)
			printk("# %*s| %s\n", COLUMN, "", part);
		else
			printk("# %-*s|\n", COLUMN, part);
		text += n;
		while (*text == ' ')
			text++;
	}
}

static unsigned int count_wanted(const struct history *h, int col)
{
	unsigned int n = 0;

	for (unsigned int i = h->first[col]; i < h->nr[col]; i++)
		n += wanted(&h->ev[col][i]);
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

static void print_columns(const struct history *h)
{
	unsigned int at[2] = {h->first[0], h->first[1]};
	char text[128];

	snprintf(text, sizeof(text), "CPU%d", h->cpu[0]);
	if (h->cpu[1] != NO_CPU)
		printk("# %-*s| CPU%d\n", COLUMN, text, h->cpu[1]);
	else
		printk("# %s\n", text);
	for (int col = 0; col < 2; col++) {
		if (h->overwritten[col])
			printk("# (CPU%d has overwritten what it did before)\n", h->cpu[col]);
		if (h->left_out[col])
			printk("# (%u earlier events of CPU%d left out)\n", h->left_out[col],
			       h->cpu[col]);
	}
	while (at[0] < h->nr[0] || at[1] < h->nr[1]) {
		int col = at[0] >= h->nr[0] ||
			  (at[1] < h->nr[1] && h->ev[1][at[1]].tsc < h->ev[0][at[0]].tsc);

		describe(&h->ev[col][at[col]], text, sizeof(text));
		print_line(col, text);
		next_wanted(h, col, &at[col]);
	}
}

void history_print(struct history *h)
{
	history_tell(h);
	print_columns(h);
}
