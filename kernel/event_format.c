/* SPDX-License-Identifier: GPL-2.0 */
/* Events as text, by the list that names them. */
#include <kernel/event.h>
#include <kernel/printk.h>
#include <kernel/string.h>

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

static const char *const names[NR_EVENTS] = {
#define EVENT(name, fmt) [EV_##name] = #name,
#include <kernel/event_list.h>
#undef EVENT
};

const char *event_name(enum event_id id)
{
	return id < NR_EVENTS ? names[id] : "?";
}

static bool ends_with(const char *from, const char *to, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(to - from) >= n && !strncmp(to - n, word, n);
}

/* Of the conversion at @at, in the format that begins at @from. */
static enum event_kind kind_at(const char *from, const char *at)
{
	if (ends_with(from, at, "mm"))
		return EVENT_MM;
	if (ends_with(from, at, "table "))
		return EVENT_TABLE;
	return ends_with(from, at, "page ") ? EVENT_PAGE : EVENT_NUMBER;
}

void event_kinds(enum event_id id, enum event_kind kinds[3])
{
	const char *f = formats[id];

	kinds[0] = kinds[1] = kinds[2] = EVENT_NUMBER;
	for (unsigned int i = 0; i < 3 && (f = strchr(f, '%')); i++, f++)
		kinds[i] = kind_at(formats[id], f);
}

/* Where its letter is. */
static const char *end_of(const char *conversion)
{
	while (!strchr("duxs", *conversion))
		conversion++;
	return conversion + 1;
}

int event_format_named(const struct event *ev, char *buf, size_t size, event_namer_t namer,
		       void *ctx)
{
	const u64 words[] = {ev->a, ev->b, ev->c};
	const char *f, *at, *name;
	size_t n = 0;

	if (ev->id >= NR_EVENTS)
		return snprintf(buf, size, "event %u?", ev->id);
	f = formats[ev->id];
	/* Each format takes at most three 64-bit words: checked by a unit test. */
	for (unsigned int i = 0; (at = strchr(f, '%')); i++, f = end_of(at)) {
		enum event_kind kind = kind_at(formats[ev->id], at);
		char one[16];

		name = kind != EVENT_NUMBER && namer ? namer(ctx, kind, words[i]) : NULL;
		if (at[1] == 's')
			name = words[i] < codes[ev->id].nr ? codes[ev->id].word[words[i]] : "?";
		/* "mm" is part of an mm's name. */
		n += scnprintf(buf + n, size - n, "%.*s",
			       (int)(at - f) - (name && kind == EVENT_MM ? 2 : 0), f);
		scnprintf(one, sizeof(one), "%.*s", (int)(end_of(at) - at), at);
		n += name ? scnprintf(buf + n, size - n, "%s", name)
			  : scnprintf(buf + n, size - n, one, words[i]);
	}
	return (int)(n + scnprintf(buf + n, size - n, "%s", f));
}

int event_format(const struct event *ev, char *buf, size_t size)
{
	return event_format_named(ev, buf, size, NULL, NULL);
}
