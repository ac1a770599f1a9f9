/* SPDX-License-Identifier: GPL-2.0 */
/* The lines of a history: in one order, with the operations that enclose them; which are shown. */
#include <kernel/string.h>
#include "history_view.h"

/* Events that begin and end an operation of a CPU. */
static const struct {
	u16 opens, closes;
} operations[] = {
	{EV_OP_BEGIN, EV_OP_END},
	{EV_WALK_BEGIN, EV_WALK_END},
	{EV_FLUSH_BEGIN, EV_FLUSH_END},
};

bool history_opens(const struct event *ev)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(operations); i++)
		if (ev->id == operations[i].opens)
			return true;
	return false;
}

static unsigned int opener_of(unsigned int closer)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(operations); i++)
		if (closer == operations[i].closes)
			return operations[i].opens;
	return NR_EVENTS;
}

bool history_closes(const struct event *ev)
{
	return opener_of(ev->id) != NR_EVENTS;
}

#define DEEPEST 8
/* The operations of a CPU that are open: indices of the lines that begin them. */
struct open {
	unsigned int nr, at[DEEPEST];
};

/* Ends the newest one of that kind, and what began in it. Return: its line, or @none. */
static unsigned int close(struct open *o, const struct history_lines *l, unsigned int opener,
			  unsigned int none)
{
	for (unsigned int i = o->nr; i-- > 0;) {
		if (l->line[o->at[i]].ev->id != opener)
			continue;
		o->nr = i;
		return o->at[i];
	}
	return none;
}

static void open(struct open *o, unsigned int at)
{
	if (o->nr < DEEPEST)
		o->at[o->nr++] = at;
}

static void set_depths(struct history_lines *l)
{
	struct open o[2] = {{0}, {0}};

	for (unsigned int i = 0; i < l->nr; i++) {
		struct history_line *line = &l->line[i];

		if (history_closes(line->ev))
			close(&o[line->col], l, opener_of(line->ev->id), i);
		line->depth = (u8)o[line->col].nr;
		if (history_opens(line->ev))
			open(&o[line->col], i);
	}
}

void history_lines(struct history_lines *l, const struct history *h, bool all)
{
	unsigned int at[2] = {0, 0};

	l->nr = 0;
	l->marks = 0;
	l->folds = false;
	while (at[0] < h->nr[0] || at[1] < h->nr[1]) {
		int col = at[0] >= h->nr[0] ||
			  (at[1] < h->nr[1] && h->ev[1][at[1]].tsc < h->ev[0][at[0]].tsc);
		const struct event *ev = &h->ev[col][at[col]++];

		if (ev->tsc >= h->since && (all || history_wanted(ev)))
			l->line[l->nr++] = (struct history_line){.ev = ev, .col = (u8)col};
	}
	set_depths(l);
}

/* Show what encloses a line that is marked: where it began, and its end. */
static void show_enclosing(struct history_lines *l)
{
	struct open o[2] = {{0}, {0}};

	for (unsigned int i = 0; i < l->nr; i++) {
		struct history_line *line = &l->line[i];
		struct open *own = &o[line->col];

		if (history_closes(line->ev)) {
			unsigned int opener = close(own, l, opener_of(line->ev->id), i);

			line->shown |= opener != i && l->line[opener].shown;
		}
		for (unsigned int k = 0; line->mark && k < own->nr; k++)
			l->line[own->at[k]].shown = true;
		if (history_opens(line->ev))
			open(own, i);
	}
}

void history_fold(struct history_lines *l)
{
	for (unsigned int i = 0; i < l->nr; i++)
		l->line[i].shown = l->line[i].mark || !l->folds;
	if (l->folds)
		show_enclosing(l);
	/* One line takes no more room than a line that says that it is left out. */
	for (unsigned int i = 0; i < l->nr; i++)
		if ((!i || l->line[i - 1].shown) && (i + 1 == l->nr || l->line[i + 1].shown))
			l->line[i].shown = true;
}
