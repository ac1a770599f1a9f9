/* SPDX-License-Identifier: GPL-2.0 */
/* See <model/story.h>. Two columns: CPU0, and the other CPU with the most events. */
#include "host.h"
#include "model.h"
#include "race.h"
#include <kernel/event.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <model/story.h>
#include <tests/history.h>

#define MAX_STORY 4096

static struct event story[MAX_STORY];
static unsigned int nr_story, nr_untold; /* for the newest events there may be no room */

static void tell(const struct event *ev)
{
	unsigned int at = nr_story;

	if (nr_story == MAX_STORY) {
		nr_untold++;
		return;
	}
	/* The first access of a race is reported only when the second one happens. */
	while (at && story[at - 1].tsc > ev->tsc)
		at--;
	memmove(&story[at + 1], &story[at], (nr_story - at) * sizeof(*story));
	story[at] = *ev;
	nr_story++;
}

void story_begin(void)
{
	nr_story = nr_untold = 0;
	model_event_hook = tell;
}

void story_end(void)
{
	model_event_hook = NULL;
}

unsigned int event_ring_copy(unsigned int cpu, struct event *out, unsigned int max)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < nr_story; i++) {
		if (story[i].cpu != cpu)
			continue;
		if (n == max) {
			memmove(out, out + 1, (max - 1) * sizeof(*out));
			n--;
		}
		out[n++] = story[i];
	}
	return n;
}

#define MAX_PLACES 64
/* For the lines of a Linux tree: which of its functions, where. Only the newest are kept. */
static void spell_places(void)
{
	static char texts[MAX_PLACES][128];
	unsigned int nr = 0;

	for (unsigned int i = nr_story; i-- > 0;) {
		char at[128];

		if (story[i].id != EV_HW_AT)
			continue;
		if (nr == MAX_PLACES) {
			memmove(&story[i], &story[i + 1], (--nr_story - i) * sizeof(*story));
			continue;
		}
		snprintf(at, sizeof(at), "  %sat " HOST_AT, (const char *)story[i].b,
			 (unsigned long)story[i].a);
		host_spell(at, texts[nr], sizeof(texts[nr]));
		story[i].a = (u64)texts[nr++];
	}
}

void story_print(void)
{
	static struct history h;
	unsigned int count[MODEL_MAX_CPUS] = {0}, first = 0, second = 1;

	for (unsigned int i = 0; i < nr_story; i++)
		count[story[i].cpu]++;
	for (unsigned int cpu = 2; cpu < model_config.cpus; cpu++)
		if (count[cpu] > count[second])
			second = cpu;
	race_spell_lines();
	spell_places();
	history_capture(&h, (int)first, (int)second, 0);
	h.at = ~0ULL; /* up to the last event */
	history_print(&h);
	if (nr_untold)
		printk("# (%u later events are not kept: no room for more than %u)\n", nr_untold,
		       MAX_STORY);
}
