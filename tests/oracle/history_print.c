/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A history as text: two columns, and the place that each event came from. In front of an event
 * stand its context, as in the latency format of ftrace, and the operations that enclose it.
 */
#include <kernel/printk.h>
#include <kernel/string.h>
#include "history_view.h"

#define COLUMN	40
#define CALLERS 1 /* that a marked event is printed with */

/* "d": IRQs off; "h", "N": in an interrupt, in an NMI. */
static void describe_context(const struct event *ev, char buf[3])
{
	buf[0] = ev->context & EVENT_IRQS_OFF ? 'd' : ' ';
	buf[1] = ev->context & EVENT_IN_NMI ? 'N' : ev->context & EVENT_IN_IRQ ? 'h' : ' ';
	buf[2] = '\0';
}

/* How much of @text goes into a column of @room: up to a space, if there is one in its second half. */
static size_t fits(const char *text, size_t room)
{
	size_t n = strlen(text);

	if (n <= room)
		return n;
	for (n = room; n > room / 2 && text[n] != ' '; n--)
		;
	return n > room / 2 ? n : room;
}

static void print_row(bool mark, int col, const char *own, const char *at)
{
	int width = *at ? COLUMN : 0; /* no blanks at the end of a line */

	if (col)
		printk("#%c%-*s| %-*s%s%s\n", mark ? '>' : ' ', COLUMN, "", width ? width - 1 : 0,
		       own, *at ? "| " : "", at);
	else
		printk("#%c%-*s|%-*s%s%s\n", mark ? '>' : ' ', COLUMN, own, width, "",
		       *at ? "| " : "", at);
}

/* Beside row @n of an event: what it does, and its place; below, of a marked one, the caller's. */
static void describe_place(const struct history_line *line, unsigned int n, char *buf, size_t size)
{
	char place[100] = "";
	bool known = n < (line->mark ? 1 + CALLERS : 1) &&
		     history_place(line->ev, n, place, sizeof(place));

	if (n)
		snprintf(buf, size, "%s%s", known ? "< " : "", place);
	else
		snprintf(buf, size, "%s%s%s", line->mark ? line->mark : "",
			 line->mark && known ? ": " : "", place);
}

/* A long event goes on in the next row of its own column. */
static void print_event(const struct history_line *line)
{
	int indent = min(2 * line->depth, COLUMN / 3);
	char text[160], row[COLUMN + 1], context[3], at[130];
	const char *rest = text;

	describe_context(line->ev, context);
	history_describe(line->ev, text, sizeof(text));
	describe_place(line, 0, at, sizeof(at));
	for (unsigned int i = 0; *rest || *at; describe_place(line, ++i, at, sizeof(at))) {
		size_t n = fits(rest, (size_t)(COLUMN - 4 - indent));

		snprintf(row, sizeof(row), "%-2s %*s%.*s", i ? "" : context, indent, "", (int)n,
			 rest);
		print_row(!i && line->mark, line->col, n ? row : "", at);
		rest += n;
		while (*rest == ' ')
			rest++;
	}
}

static void print_folded(const unsigned int more[2])
{
	char text[2][COLUMN + 1] = {"", ""};

	if (!more[0] && !more[1])
		return;
	for (int col = 0; col < 2; col++)
		if (more[col])
			snprintf(text[col], sizeof(text[col]), "   ...  %u more", more[col]);
	if (more[1])
		printk("# %-*s| %s\n", COLUMN, text[0], text[1]);
	else
		printk("# %-*s|\n", COLUMN, text[0]);
}

static void print_lines(const struct history_lines *l)
{
	unsigned int more[2] = {0, 0};

	for (unsigned int i = 0; i < l->nr; i++) {
		if (!l->line[i].shown) {
			more[l->line[i].col]++;
			continue;
		}
		print_folded(more);
		more[0] = more[1] = 0;
		print_event(&l->line[i]);
	}
	print_folded(more);
}

static void print_heading(const struct history *h, const struct history_lines *l)
{
	char text[16];

	snprintf(text, sizeof(text), "CPU%d", h->cpu[0]);
	if (h->cpu[1] != NO_CPU)
		printk("# %-*s| CPU%d\n", COLUMN, text, h->cpu[1]);
	else
		printk("# %s\n", text);
	for (int col = 0; col < 2; col++) {
		if (h->overwritten[col])
			printk("# (CPU%d has overwritten what it did before)\n", h->cpu[col]);
		if (h->left_out[col] && !l->folds)
			printk("# (%u earlier events of CPU%d left out)\n", h->left_out[col],
			       h->cpu[col]);
	}
}

/* Names: first those of what the verdict is about, then in the order of the events. */
static void name_all(const struct history_lines *l, const struct history *h)
{
	struct history_object o[HISTORY_OBJECTS];

	history_names_clear();
	if (h->about.kind != EVENT_NUMBER)
		history_name(h->about.kind, h->about.nr);
	for (int marked = 1; marked >= 0; marked--)
		for (unsigned int i = 0; i < l->nr; i++) {
			unsigned int n = history_objects(l->line[i].ev, o);

			for (unsigned int k = 0; !!l->line[i].mark >= marked && k < n; k++)
				history_name(o[k].kind, o[k].nr);
		}
}

/* "# event CPU TIME CONTEXT SHOWN NAME WORDS | text | mark | place". */
void history_print_event(const struct event *ev, bool shown, const char *mark)
{
	char text[160], place[100] = "", context[3];

	describe_context(ev, context);
	history_describe(ev, text, sizeof(text));
	history_place(ev, 0, place, sizeof(place));
	printk("# event %u %llu %s%c %u %s %#llx %#llx %#llx | %s | %s | %s\n", ev->cpu,
	       (unsigned long long)ev->tsc, ev->context & EVENT_IRQS_OFF ? "d" : "-",
	       context[1] == ' ' ? '-' : context[1], shown, event_name((enum event_id)ev->id),
	       (unsigned long long)ev->a, (unsigned long long)ev->b, (unsigned long long)ev->c,
	       text, mark ? mark : "", place);
}

static struct history_lines printed;

const struct history_line *history_printed(const struct event *ev)
{
	for (unsigned int i = 0; i < printed.nr; i++) {
		const struct event *p = printed.line[i].ev;

		if (p->cpu == ev->cpu && p->tsc == ev->tsc && p->id == ev->id)
			return &printed.line[i];
	}
	return NULL;
}

/* If nothing folds, not more than a screenful: history_tell(). */
static void drop_left_out(struct history_lines *l, const struct history *h)
{
	unsigned int skip[2] = {h->left_out[0], h->left_out[1]}, nr = 0;

	for (unsigned int i = 0; i < l->nr; i++) {
		if (skip[l->line[i].col])
			skip[l->line[i].col]--;
		else
			l->line[nr++] = l->line[i];
	}
	l->nr = nr;
}

void history_print(struct history *h, enum history_mode mode)
{
	struct history_lines *l = &printed;

	if (mode != HISTORY_FULL)
		history_tell(h);
	history_lines(l, h, mode == HISTORY_FULL);
	history_marks(l, h);
	if (!l->folds && mode != HISTORY_FULL)
		drop_left_out(l, h);
	name_all(l, h);
	history_fold(l);
	for (unsigned int i = 0; i < l->nr && mode == HISTORY_FULL; i++)
		l->line[i].shown = true;
	print_heading(h, l);
	print_lines(l);
	history_names_print();
	if (mode == HISTORY_FOLD && l->folds)
		printk("# >: what the violation is about; d: IRQs off, h: in an interrupt, N: in an NMI; V=1 shows all\n");
	for (unsigned int i = 0; i < l->nr && mode == HISTORY_LINE; i++)
		history_print_event(l->line[i].ev, l->line[i].shown, l->line[i].mark);
}
