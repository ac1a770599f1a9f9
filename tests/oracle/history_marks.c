/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The three to five events that make a violation. The oracle says what it is about: a table, a
 * page, an mm. Marked are the newest events of that object in each of these parts:
 *
 *	removed		the kernel takes it out of an mm
 *	reached		before that, the other CPU reads an entry that leads to it
 *	waited		the sync after the removal, carried out or left out
 *	gone		it is freed, deposited, or copied
 *	left out	the flush does not reach the other CPU, a vCPU that is preempted
 *	used		after the removal, the other CPU reads it, or takes a reference
 *	found		the event at which the oracle failed
 */
#include <asm/pgtable_types.h>
#include "history_view.h"

typedef bool (*part_t)(const struct event *ev, const struct oracle_object *o);

static bool names(const struct event *ev, const struct oracle_object *o)
{
	return history_is_about(ev, o->kind, o->nr);
}

static bool withdrawn(const struct event *ev, const struct oracle_object *o)
{
	return ev->id == EV_WITHDRAW && names(ev, o);
}

/* A collapse isolates the pages of a whole PMD, and names the first. */
static bool isolated(const struct event *ev, const struct oracle_object *o)
{
	return ev->id == EV_ISOLATE &&
	       (names(ev, o) || (o->addr && ev->b == o->mm && ev->c == (o->addr & PMD_MASK)));
}

static bool unmapped(const struct event *ev, const struct oracle_object *o)
{
	return ev->id == EV_PAGE_UNMAP && names(ev, o);
}

static bool cleared(const struct event *ev, const struct oracle_object *o)
{
	return ev->id == EV_PT_CLEAR && history_leads_to(ev, o);
}

static bool waited(const struct event *ev, const struct oracle_object *o)
{
	return ev->id == EV_SYNC_BEGIN && names(ev, o);
}

static bool deposited(const struct event *ev, const struct oracle_object *o)
{
	return ev->id == EV_DEPOSIT && ev->a == o->nr && o->kind == EVENT_TABLE;
}

static bool freed(const struct event *ev, const struct oracle_object *o)
{
	return (ev->id == EV_TABLE_FREE || ev->id == EV_PAGE_FREE || ev->id == EV_ASID_FREE) &&
	       names(ev, o);
}

static bool copied(const struct event *ev, const struct oracle_object *o)
{
	return ev->id == EV_COPIED && names(ev, o);
}

/* The last owner of a table changes it as its own. */
static bool reused(const struct event *ev, const struct oracle_object *o)
{
	return ev->id == EV_REUSE || ((ev->id == EV_PT_SET || ev->id == EV_PT_CLEAR) &&
				      o->kind == EVENT_TABLE && PFN_DOWN(ev->a) == o->nr);
}

static bool reached(const struct event *ev, const struct oracle_object *o)
{
	return (ev->id == EV_PT_READ || ev->id == EV_HW_FILL) && history_leads_to(ev, o);
}

static bool used(const struct event *ev, const struct oracle_object *o)
{
	switch (ev->id) {
	case EV_PT_READ:
	case EV_HW_FILL:
		return !history_leads_to(ev, o) && names(ev, o);
	case EV_GRAB:
	case EV_PIN:
	case EV_HW_LOAD:
	case EV_HW_STORE:
	case EV_SWITCH_MM:
		return names(ev, o);
	default:
		return false;
	}
}

#define ANY_COLUMN -1

/* Where to look for an event, and what is said of it. */
struct part {
	part_t is;
	const char *what;
};

/* Events of the lines [@from, @to), of any column but @but. */
struct range {
	unsigned int from, to;
	int but;
};

static int newest(const struct history_lines *l, part_t is, const struct oracle_object *o,
		  struct range r)
{
	for (unsigned int i = r.to; i-- > r.from;)
		if (l->line[i].col != r.but && is(l->line[i].ev, o))
			return (int)i;
	return -1;
}

static void mark(struct history_lines *l, unsigned int i, const char *what)
{
	l->marks += !l->line[i].mark;
	l->line[i].mark = what;
}

/* Mark the newest event of the first of these parts that has one. Return: its line, or -1. */
static int mark_one(struct history_lines *l, const struct part *part, unsigned int nr,
		    const struct oracle_object *o, struct range r)
{
	for (unsigned int i = 0; i < nr; i++) {
		int at = newest(l, part[i].is, o, r);

		if (at < 0)
			continue;
		mark(l, (unsigned int)at, part[i].what);
		return at;
	}
	return -1;
}
#define MARK_ONE(l, parts, o, ...) \
	mark_one(l, parts, ARRAY_SIZE(parts), o, (struct range){__VA_ARGS__})

static const struct part removals[] = {
	{withdrawn, "withdrawn here"},
	{isolated, "isolated here"},
	{unmapped, "unmapped here"},
	{cleared, "cleared here"},
};
static const struct part reads[] = {{reached, "read here"}};
static const struct part waits[] = {{waited, "sync here"}};
static const struct part ends[] = {
	{deposited, "deposited here"},
	{freed, "freed here"},
	{copied, "copied here"},
};
static const struct part uses[] = {{used, "used here"}};

/* The last event of the CPU that found it, up to then. */
static int found_at(const struct history_lines *l, const struct history *h)
{
	u64 at = h->failed ? h->failed : h->at;

	for (unsigned int i = l->nr; i-- > 0;)
		if (l->line[i].col == h->judge && l->line[i].ev->tsc <= at)
			return (int)i;
	return -1;
}

static void mark_races(struct history_lines *l)
{
	for (unsigned int i = 0; i < l->nr; i++)
		if (l->line[i].ev->id == EV_HW_RACE)
			mark(l, i, "race");
}

/* That a flush has left out the other CPU, whose vCPU is preempted, is why it did not wait. */
static void mark_left_out(struct history_lines *l, int cpu, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++)
		if (l->line[i].ev->id == EV_VCPU_LEFT_OUT && (int)l->line[i].ev->a == cpu)
			mark(l, i, "left out here");
}

/* The steps of a Linux tree say in lines of their own where they are. */
static bool names_steps(const struct history_lines *l)
{
	for (unsigned int i = 0; i < l->nr; i++)
		if (l->line[i].ev->id == EV_HW_AT)
			return true;
	return false;
}

static void mark_object(struct history_lines *l, const struct history *h)
{
	const struct oracle_object *o = &h->about;
	int found = found_at(l, h), removed, remover;
	unsigned int end = found < 0 ? l->nr : (unsigned int)found + 1, from;

	if (found >= 0)
		mark(l, (unsigned int)found,
		     reused(l->line[found].ev, o) ? "reused here" : "found here");
	removed = MARK_ONE(l, removals, o, 0, end, ANY_COLUMN);
	if (removed < 0) { /* then what the CPU that failed has read */
		MARK_ONE(l, reads, o, 0, end, !h->judge);
		MARK_ONE(l, ends, o, 0, end, ANY_COLUMN);
		return;
	}
	from = (unsigned int)removed;
	remover = l->line[removed].col;
	MARK_ONE(l, reads, o, 0, from, remover);
	MARK_ONE(l, waits, o, from, end, ANY_COLUMN);
	MARK_ONE(l, ends, o, from, end, ANY_COLUMN);
	MARK_ONE(l, uses, o, from, end, remover);
	mark_left_out(l, h->cpu[!remover], from, end);
}

/* With fewer, the others are needed: the oracle knows an object, but not how it got there. */
#define FOLDS 3

void history_marks(struct history_lines *l, const struct history *h)
{
	mark_races(l);
	l->folds = l->marks;
	if (h->about.kind == EVENT_NUMBER)
		return;
	mark_object(l, h);
	l->folds = (l->folds || l->marks >= FOLDS) && !names_steps(l);
}
