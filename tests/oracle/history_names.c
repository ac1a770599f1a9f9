/* SPDX-License-Identifier: GPL-2.0 */
/* Names in a history, in place of frame numbers and the ids of mms. */
#include <kernel/printk.h>
#include "history_view.h"

#define MOST 64
static struct {
	unsigned int nr;
	u64 object[MOST];
	bool said[MOST];
	char name[MOST][8];
} names[EVENT_PAGE + 1];

static const unsigned int most[] = {
	[EVENT_MM] = 26,
	[EVENT_TABLE] = MOST,
	[EVENT_PAGE] = MOST,
};

static bool closed;

void history_names_close(void)
{
	closed = true;
}

void history_names_clear(void)
{
	closed = false;
	for (unsigned int kind = 0; kind <= EVENT_PAGE; kind++)
		names[kind].nr = 0;
}

static unsigned int find(enum event_kind kind, u64 nr)
{
	unsigned int i = 0;

	while (i < names[kind].nr && names[kind].object[i] != nr)
		i++;
	return i;
}

const char *history_name(enum event_kind kind, u64 nr)
{
	unsigned int i = find(kind, nr);

	if (i < names[kind].nr)
		return names[kind].name[i];
	if (closed || i == most[kind])
		return NULL;
	names[kind].nr++;
	names[kind].object[i] = nr;
	names[kind].said[i] = false;
	if (kind == EVENT_MM)
		snprintf(names[kind].name[i], sizeof(names[kind].name[i]), "mm_%c", 'a' + i);
	else
		snprintf(names[kind].name[i], sizeof(names[kind].name[i]), "%c%u",
			 kind == EVENT_TABLE ? 'T' : 'P', i + 1);
	return names[kind].name[i];
}

const char *history_say(void *unused, enum event_kind kind, u64 nr)
{
	const char *name = history_name(kind, nr);

	if (name)
		names[kind].said[find(kind, nr)] = true;
	return name;
}

/* A line for each kind: "# T1: table 0x1c, T2: table 0x1b". */
void history_names_print(void)
{
	static const char *const words[] = {
		[EVENT_MM] = "mm%llu",
		[EVENT_TABLE] = "table %#llx",
		[EVENT_PAGE] = "page %#llx",
	};

	for (unsigned int kind = EVENT_MM; kind <= EVENT_PAGE; kind++) {
		char line[200], number[32];
		size_t n = 0;

		for (unsigned int i = 0; i < names[kind].nr; i++) {
			if (!names[kind].said[i])
				continue;
			snprintf(number, sizeof(number), words[kind], names[kind].object[i]);
			n += (size_t)scnprintf(line + n, sizeof(line) - n, "%s%s: %s",
					       n ? ", " : "", names[kind].name[i], number);
		}
		if (n)
			printk("# %s\n", line);
	}
}
