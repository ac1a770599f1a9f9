/* SPDX-License-Identifier: GPL-2.0 */
/* See <model/recorder.h>. */
#include "host.h"
#include "model.h"
#include "race.h"
#include <kernel/event.h>
#include <kernel/kallsyms.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <model/recorder.h>
#include <tests/history.h>

#define MAX_RECORDED 4096
#define EVENT_US     1 /* in a trace, where an event has no time but its number */

static struct event recorded[MAX_RECORDED];
static unsigned int nr_recorded, nr_lost; /* for the newest events there may be no room */

static struct oracle_object about;
static unsigned int failed_at; /* how many were recorded when there was a verdict; 0: none */

void recorder_about(const struct oracle_object *o)
{
	about = *o;
}

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
	if (ev->ip[0])
		host_callers(ev->ip[0], recorded[at].ip, EVENT_IPS);
	nr_recorded++;
	if (model_failure() && !failed_at)
		failed_at = nr_recorded;
}

void recorder_begin(void)
{
	nr_recorded = nr_lost = failed_at = 0;
	about = ABOUT_NOTHING;
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

const char *place_lookup(unsigned long ip)
{
	return host_kernel_place(ip - 1);
}

const char *kallsyms_lookup(unsigned long addr, unsigned long *offset)
{
	*offset = 0;
	return host_kernel_place(addr) ? host_function(addr) : NULL;
}

/* All that a history asks for, by one run of addr2line. */
static void look_up_all(void)
{
	static unsigned long pc[MAX_RECORDED * (EVENT_IPS + 1)];
	unsigned int nr = 0;

	for (unsigned int i = 0; i < nr_recorded; i++) {
		const struct event *ev = &recorded[i];

		for (unsigned int k = 0; k < EVENT_IPS; k++)
			if (ev->ip[k])
				pc[nr++] = event_ip(ev, k) - 1;
		if (ev->id == EV_OP_BEGIN || ev->id == EV_OP_END)
			pc[nr++] = ev->c;
		if (ev->id == EV_IPI_SEND || ev->id == EV_IPI_RECV || ev->id == EV_IPI_DONE)
			pc[nr++] = ev->a;
	}
	host_places(pc, nr);
}

/* CPU0 and the other CPU with the most events. The one that failed last is always there. */
static unsigned int second_cpu(void)
{
	unsigned int count[MODEL_MAX_CPUS] = {0}, second = 1;

	for (unsigned int i = 0; i < nr_recorded; i++)
		count[recorded[i].cpu]++;
	for (unsigned int cpu = 2; cpu < model_config.cpus; cpu++)
		if (count[cpu] > count[second])
			second = cpu;
	return second;
}

void recorder_print(enum history_mode mode, bool trace)
{
	static struct history h;
	unsigned int first = 0, second = second_cpu();

	/* Several events of a step have one time: their order is the time that counts here. */
	for (unsigned int i = 0; i < nr_recorded; i++)
		recorded[i].tsc = i + 1;
	race_spell_lines();
	spell_places();
	look_up_all();
	history_capture(&h, (int)first, (int)second, 0, about);
	h.at = ~0ULL; /* up to the last event */
	h.judge = -1;
	if (failed_at) {
		h.failed = failed_at;
		h.judge = recorded[failed_at - 1].cpu == first	  ? 0
			  : recorded[failed_at - 1].cpu == second ? 1
								  : -1;
	}
	history_print(&h, mode);
	if (trace)
		history_trace(EVENT_US * 1000 * NSEC_PER_USEC, CONFIG_EVENT_RING);
	if (nr_lost)
		printk("# (%u later events are not kept: no room for more than %u)\n", nr_lost,
		       MAX_RECORDED);
}
