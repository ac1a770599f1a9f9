/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ORACLE_HISTORY_VIEW_H
#define ORACLE_HISTORY_VIEW_H

#include <tests/history.h>

/* The inside of history_print(): the events of both columns, in one order of time. */
struct history_line {
	const struct event *ev;
	u8 col;
	u8 depth; /* operations of this CPU that enclose it */
	const char *mark; /* what happens here to what the verdict is about; NULL: nothing */
	bool shown; /* or it begins or ends an operation with a line that is */
};

struct history_lines {
	unsigned int nr;
	unsigned int marks; /* how many are marked */
	bool folds; /* the marks say what happened, so that others need not be shown */
	struct history_line line[2 * CONFIG_EVENT_RING];
};

/* history_lines.c: in order, with depths; what is left out of @h is not there, unless @all. */
void history_lines(struct history_lines *l, const struct history *h, bool all);
void history_fold(struct history_lines *l);
bool history_wanted(const struct event *ev); /* history.c */
bool history_opens(const struct event *ev);
bool history_closes(const struct event *ev);

/* history_print.c: for programs, one event in a line */
void history_print_event(const struct event *ev, bool shown, const char *mark);
/* What the last history_print() has marked; NULL: nothing that is in its columns. */
const struct history_line *history_printed(const struct event *ev);

/* history_marks.c: set line[].mark */
void history_marks(struct history_lines *l, const struct history *h);

/* history_objects.c: the mms, tables and pages that an event names. Return: how many. */
#define HISTORY_OBJECTS 3
struct history_object {
	enum event_kind kind;
	u64 nr;
	u64 frames; /* a huge page has several */
};
unsigned int history_objects(const struct event *ev, struct history_object *o);
bool history_is_about(const struct event *ev, enum event_kind kind, u64 nr);
/* Does it read, set or clear an entry that leads to the object? */
bool history_leads_to(const struct event *ev, const struct oracle_object *o);
/* The object that an entry leads to; EVENT_NUMBER: none. */
struct history_object history_target(u64 entry, u64 level);

/*
 * history_names.c: names for objects, in the order in which they are first asked for: mm_a, T1 for
 * a table, P1 for a page. NULL: there are too many.
 */
void history_names_clear(void);
void history_names_close(void); /* until then; others have no name */
const char *history_name(enum event_kind kind, u64 nr);
/* The same for a text that is printed: history_names_print() says whose names these are. */
const char *history_say(void *unused, enum event_kind kind, u64 nr);
void history_names_print(void);

/* history_text.c: an event in words; where it is from, "": not known. */
void history_describe(const struct event *ev, char *buf, size_t size);
/* @n: 0 the code that observed, 1 its caller, and so on. Return: false if there is none. */
bool history_place(const struct event *ev, unsigned int n, char *buf, size_t size);

#endif
