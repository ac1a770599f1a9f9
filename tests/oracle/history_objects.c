/* SPDX-License-Identifier: GPL-2.0 */
/* Which mms, tables and pages an event is about. */
#include <asm/pgtable_types.h>
#include "history_view.h"

struct history_object history_target(u64 entry, u64 level)
{
	bool page = level == PT_LEVEL_PTE || entry & _PAGE_PSE;

	if (!(entry & _PAGE_PRESENT))
		return (struct history_object){EVENT_NUMBER, 0, 0};
	return (struct history_object){page ? EVENT_PAGE : EVENT_TABLE, entry_pfn(entry),
				       page && level != PT_LEVEL_PTE ? HPAGE_PMD_NR : 1};
}

/* The entry that the event reads or writes, and the table that it is in; false: none. */
static bool entry_of(const struct event *ev, u64 *entry, u64 *table)
{
	switch (ev->id) {
	case EV_PT_READ:
	case EV_PT_SET:
	case EV_PT_CLEAR:
		*table = PFN_DOWN(ev->a);
		*entry = ev->b;
		return true;
	case EV_HW_FILL:
	case EV_HW_UPDATE:
		*table = ev->b;
		*entry = ev->a;
		return true;
	default:
		return false;
	}
}

unsigned int history_objects(const struct event *ev, struct history_object *o)
{
	const u64 words[] = {ev->a, ev->b, ev->c};
	enum event_kind kinds[3];
	unsigned int nr = 0;
	u64 entry, table;

	if (entry_of(ev, &entry, &table)) {
		o[nr++] = (struct history_object){EVENT_TABLE, table, 1};
		o[nr] = history_target(entry, ev->c);
		return nr + (o[nr].kind != EVENT_NUMBER);
	}
	event_kinds((enum event_id)ev->id, kinds);
	for (unsigned int i = 0; i < 3; i++)
		if (kinds[i] != EVENT_NUMBER)
			o[nr++] = (struct history_object){kinds[i], words[i], 1};
	if (ev->id == EV_PAGE_ALLOC || ev->id == EV_PAGE_FREE)
		o[0].frames = 1ULL << ev->b;
	return nr;
}

static bool is_in(const struct history_object *o, enum event_kind kind, u64 nr)
{
	return o->kind == kind && nr - o->nr < o->frames;
}

bool history_is_about(const struct event *ev, enum event_kind kind, u64 nr)
{
	struct history_object o[HISTORY_OBJECTS];
	unsigned int n = history_objects(ev, o);

	for (unsigned int i = 0; i < n; i++)
		if (is_in(&o[i], kind, nr))
			return true;
	return false;
}

bool history_leads_to(const struct event *ev, const struct oracle_object *about)
{
	struct history_object to;
	u64 entry, table;

	if (!entry_of(ev, &entry, &table))
		return false;
	to = history_target(entry, ev->c);
	return is_in(&to, about->kind, about->nr);
}
