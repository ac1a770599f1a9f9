/* SPDX-License-Identifier: GPL-2.0 */
/* See <model/recorder.h>. Two columns: CPU0, and the other CPU with the most events. */
#include "host.h"
#include "model.h"
#include "race.h"
#include <kernel/event.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <model/recorder.h>
#include <tests/history.h>

#define MAX_RECORDED 4096

static struct event recorded[MAX_RECORDED];
static unsigned int nr_recorded, nr_lost; /* for the newest events there may be no room */

static void record(const struct event *ev)
{
	unsigned int at = nr_recorded;

	if (nr_recorded == MAX_RECORDED) {
		nr_lost++;
		return;
	}
	/* The first access of a race is reported only when the second one happens. */
	while (at && recorded[at - 1].tsc > ev->tsc)
		at--;
	memmove(&recorded[at + 1], &recorded[at], (nr_recorded - at) * sizeof(*recorded));
	recorded[at] = *ev;
	nr_recorded++;
}

void recorder_begin(void)
{
	nr_recorded = nr_lost = 0;
	model_event_hook = record;
}

void recorder_end(void)
{
	model_event_hook = NULL;
}

unsigned int event_ring_copy(unsigned int cpu, struct event *out, unsigned int max)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < nr_recorded; i++) {
		if (recorded[i].cpu != cpu)
			continue;
		if (n == max) {
			memmove(out, out + 1, (max - 1) * sizeof(*out));
			n--;
		}
		out[n++] = recorded[i];
	}
	return n;
}

#define MAX_PLACES 64
/* For the lines of a Linux tree: which of its functions, where. Only the newest are kept. */
static void spell_places(void)
{
	static char texts[MAX_PLACES][128];
	unsigned int nr = 0;

	for (unsigned int i = nr_recorded; i-- > 0;) {
		char at[128];

		if (recorded[i].id != EV_HW_AT)
			continue;
		if (nr == MAX_PLACES) {
			memmove(&recorded[i], &recorded[i + 1],
				(--nr_recorded - i) * sizeof(*recorded));
			continue;
		}
		snprintf(at, sizeof(at), "  %sat " HOST_AT, (const char *)recorded[i].b,
			 (unsigned long)recorded[i].a);
		host_spell(at, texts[nr], sizeof(texts[nr]));
		recorded[i].a = (u64)texts[nr++];
	}
}

void recorder_print(void)
{
	static struct history h;
	unsigned int count[MODEL_MAX_CPUS] = {0}, first = 0, second = 1;

	for (unsigned int i = 0; i < nr_recorded; i++)
		count[recorded[i].cpu]++;
	for (unsigned int cpu = 2; cpu < model_config.cpus; cpu++)
		if (count[cpu] > count[second])
			second = cpu;
	race_spell_lines();
	spell_places();
	history_capture(&h, (int)first, (int)second, 0);
	h.at = ~0ULL; /* up to the last event */
	history_print(&h);
	if (nr_lost)
		printk("# (%u later events are not kept: no room for more than %u)\n", nr_lost,
		       MAX_RECORDED);
}
