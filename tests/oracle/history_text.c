/* SPDX-License-Identifier: GPL-2.0 */
/* An event of a history in words, and the code that it came from. */
#include <kernel/kallsyms.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <asm/pgtable_types.h>
#include <tests/oracle.h>
#include "history_view.h"

/* "T1", or "0x1c" if there are too many. */
static const char *name_of(enum event_kind kind, u64 nr)
{
	static char number[2][20];
	static unsigned int turn;
	const char *name = history_say(NULL, kind, nr);

	if (name)
		return name;
	turn = !turn;
	snprintf(number[turn], sizeof(number[turn]), "%#llx", (unsigned long long)nr);
	return number[turn];
}

/* An entry's value: what it leads to. */
static void describe_value(char *buf, size_t size, u64 entry, u64 level)
{
	struct history_object to = history_target(entry, level);

	if (to.kind == EVENT_NUMBER)
		snprintf(buf, size, "none");
	else
		snprintf(buf, size, "%s %s%s", to.kind == EVENT_PAGE ? "page" : "table",
			 name_of(to.kind, to.nr),
			 to.kind == EVENT_PAGE && level != PT_LEVEL_PTE ? " (huge)" : "");
}

static const char *level_name(u64 level)
{
	static const char *const levels[] = {
		[0] = "?",
		[PT_LEVEL_PTE] = "pte",
		[PT_LEVEL_PMD] = "pmd",
		[PT_LEVEL_PUD] = "pud",
		[PT_LEVEL_PGD] = "pgd",
	};

	return levels[level % ARRAY_SIZE(levels)];
}

static void describe_access(const struct event *ev, char *buf, size_t size)
{
	const char *verb = "read", *colon = ":";
	int n;

	if (ev->id == EV_PT_SET) {
		verb = "set";
		colon = " =";
	} else if (ev->id == EV_PT_CLEAR) {
		verb = "clear";
		colon = ", was";
	}
	n = snprintf(buf, size, "%s %s %s[%llu]%s ", verb, level_name(ev->c),
		     name_of(EVENT_TABLE, PFN_DOWN(ev->a)),
		     (unsigned long long)(ev->a % PAGE_SIZE / 8), colon);
	describe_value(buf + n, size - (size_t)n, ev->b, ev->c);
}

/* What the page walker of the modelled hardware reads. */
static void describe_fill(const struct event *ev, char *buf, size_t size)
{
	int n = snprintf(buf, size, "[page walker reads %s %s: ", level_name(ev->c),
			 name_of(EVENT_TABLE, ev->b));

	describe_value(buf + n, size - (size_t)n - 1, ev->a, ev->c);
	strscpy(buf + strlen(buf), "]", 2);
}

static const char *function_at(u64 addr)
{
	unsigned long offset;
	const char *name = kallsyms_lookup(addr, &offset);

	return name ? name : "?";
}

static void describe_operation(const struct event *ev, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", ev->c ? function_at(ev->c) : op_names[ev->a % MAX_OPS],
		 ev->c ? "()" : "");
}

static void describe_rwsem(const struct event *ev, char *buf, size_t size)
{
	snprintf(buf, size, "%s %s, to %s", (const char *)ev->c,
		 ev->id == EV_RWSEM_GRANT   ? "taken"
		 : ev->id == EV_RWSEM_QUEUE ? "not free: queues"
					    : "released",
		 ev->b ? "write" : "read");
}

/* In "plain read, gup_fast_pmd_range mm/gup.c:120" the place, or its end if there is none. */
static const char *race_place(const struct event *ev)
{
	const char *text = (const char *)ev->a, *comma = strchr(text, ',');

	return comma ? comma : text + strlen(text);
}

/* Events worded for people; all others have the format of the event list. */
static void words(const struct event *ev, char *buf, size_t size)
{
	switch (ev->id) {
	case EV_PT_READ:
	case EV_PT_SET:
	case EV_PT_CLEAR:
		describe_access(ev, buf, size);
		break;
	case EV_HW_FILL:
		describe_fill(ev, buf, size);
		break;
	case EV_OP_BEGIN:
	case EV_OP_END:
		describe_operation(ev, buf, size);
		break;
	case EV_RWSEM_GRANT:
	case EV_RWSEM_QUEUE:
	case EV_RWSEM_RELEASE:
		describe_rwsem(ev, buf, size);
		break;
	case EV_IPI_SEND:
		snprintf(buf, size, "call %s() on %llu CPUs, %llu IPIs", function_at(ev->a),
			 (unsigned long long)ev->b, (unsigned long long)ev->c);
		break;
	case EV_IPI_RECV:
		snprintf(buf, size, "%s() runs here for CPU%llu", function_at(ev->a),
			 (unsigned long long)ev->b);
		break;
	case EV_IPI_DONE:
		snprintf(buf, size, "call %s() done on %llu CPUs", function_at(ev->a),
			 (unsigned long long)ev->b);
		break;
	case EV_HW_RACE:
		scnprintf(buf, size, "%.*s", (int)(race_place(ev) - (const char *)ev->a),
			  (const char *)ev->a);
		break;
	case EV_HW_AT:
		strscpy(buf, (const char *)ev->a, size);
		break;
	default:
		event_format_named(ev, buf, size, history_say, NULL);
	}
}

void history_describe(const struct event *ev, char *buf, size_t size)
{
	char text[128];

	words(ev, text, sizeof(text));
	snprintf(buf, size, "%s%s%s", history_closes(ev) ? "} " : "", text,
		 history_opens(ev) ? " {" : "");
}

/* With the table of places, or "function+0x1c" without it. */
static bool place_of(unsigned long ip, char *buf, size_t size)
{
	const char *text = place_lookup(ip);
	unsigned long offset;

	if (text) {
		strscpy(buf, text, size);
		return true;
	}
	text = kallsyms_lookup(ip - 1, &offset);
	if (text)
		snprintf(buf, size, "%s+%#lx", text, offset + 1);
	return text;
}

bool history_place(const struct event *ev, unsigned int n, char *buf, size_t size)
{
	bool operation = ev->id == EV_OP_BEGIN || ev->id == EV_OP_END;

	*buf = '\0';
	if (ev->id == EV_HW_RACE && *race_place(ev))
		return !n && strscpy(buf, race_place(ev) + strlen(", "), size) > 0;
	/* A function that a CPU runs is its own place; else that of the caller of op_begin(). */
	if (operation && ev->c)
		return !n && place_of(ev->c + 1, buf, size);
	n += operation;
	for (unsigned int i = 0; i < EVENT_IPS && ev->ip[i]; i++)
		if (place_of(event_ip(ev, i), buf, size) && !n--)
			return true;
	*buf = '\0';
	return false;
}
