/* SPDX-License-Identifier: GPL-2.0 */
/* Events as text, by the list that names them. */
#include <kernel/event.h>
#include <kernel/printk.h>

static const char *const formats[NR_EVENTS] = {
#define EVENT(name, fmt) [EV_##name] = fmt,
#include <kernel/event_list.h>
#undef EVENT
};

int event_format(const struct event *ev, char *buf, size_t size)
{
	if (ev->id >= NR_EVENTS)
		return snprintf(buf, size, "event %u?", ev->id);
	/* Each format takes at most three 64-bit words: checked by a unit test. */
	return snprintf(buf, size, formats[ev->id], ev->a, ev->b, ev->c);
}
