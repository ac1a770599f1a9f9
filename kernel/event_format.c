/* SPDX-License-Identifier: GPL-2.0 */
/* Events as text, by the list that names them. */
#include <kernel/event.h>
#include <kernel/printk.h>

static const char *const formats[NR_EVENTS] = {
#define EVENT(name, fmt) [EV_##name] = fmt,
#include <kernel/event_list.h>
#undef EVENT
};

/* Of the events that carry a code: its words. GDB reads both tables, too. */
#define WORD(name, word) word,
static const struct {
	const char *const *word;
	u64 nr;
} codes[NR_EVENTS] = {
#define EVENT(name, fmt)
#define EVENT_CODED(name, fmt, words)                      \
	[EV_##name] = {(const char *const[]){words(WORD)}, \
		       sizeof((const char *const[]){words(WORD)}) / sizeof(const char *const)},
#include <kernel/event_list.h>
#undef EVENT
};

int event_format(const struct event *ev, char *buf, size_t size)
{
	u64 c = ev->c;

	if (ev->id >= NR_EVENTS)
		return snprintf(buf, size, "event %u?", ev->id);
	if (codes[ev->id].word)
		c = (u64)(c < codes[ev->id].nr ? codes[ev->id].word[c] : "?");
	/* Each format takes at most three 64-bit words: checked by a unit test. */
	return snprintf(buf, size, formats[ev->id], ev->a, ev->b, c);
}
