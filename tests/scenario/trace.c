/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/trace.h>. */
#include <kernel/bug.h>
#include <kernel/event.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <tests/scenario.h>
#include <tests/trace.h>

#define MAX_LINES  400
#define MAX_TABLES 16

static struct trace_line lines[MAX_LINES];
static unsigned int nr_lines, nr_lost; /* what found no room: the newest */
static u64 tables[MAX_TABLES];
static unsigned int nr_tables;
static bool recording;

enum what { NOTHING, NAME, TABLE, TABLE_AND_C };
#define LISTED(id, what) [EV_##id] = {#id, what},
static const struct {
	const char *name;
	enum what what;
} listed[NR_EVENTS] = {TRACE_EVENTS(LISTED)};

static unsigned int number_of(u64 table)
{
	for (unsigned int i = 0; i < nr_tables; i++)
		if (tables[i] == table)
			return i;
	if (nr_tables == MAX_TABLES)
		return MAX_TABLES;
	tables[nr_tables] = table;
	return nr_tables++;
}

void trace_begin(void)
{
	nr_lines = nr_lost = nr_tables = 0;
	recording = true;
}

void trace_end(void)
{
	recording = false;
}

static bool room(void)
{
	nr_lost += nr_lines == MAX_LINES;
	return nr_lines < MAX_LINES;
}

void trace_event(const struct event *ev)
{
	enum what what = listed[ev->id].what;
	struct trace_line *l = &lines[nr_lines];
	int n;

	if (!recording || what == NOTHING || !room())
		return;
	nr_lines++;
	l->access = 0;
	l->cpu = ev->cpu;
	n = scnprintf(l->text, sizeof(l->text), "CPU%u %s", ev->cpu, listed[ev->id].name);
	if (what != NAME)
		n += scnprintf(l->text + n, sizeof(l->text) - (size_t)n, " %u", number_of(ev->a));
	if (what == TABLE_AND_C)
		snprintf(l->text + n, sizeof(l->text) - (size_t)n, " %llu",
			 (unsigned long long)ev->c);
}

bool trace_records(unsigned int id)
{
	return recording && listed[id].what != NOTHING;
}

static const char *const sites[NR_SITES] = {
	[SITE_PGD] = "pgd",	     [SITE_PUD] = "pud",	 [SITE_PMD] = "pmd",
	[SITE_PTE] = "pte",	     [SITE_REF] = "ref",	 [SITE_GEN] = "tlb_gen",
	[SITE_LOADED] = "loaded_mm", [SITE_MASK] = "mm_cpumask", [SITE_WALK] = "walking",
	[SITE_TEST] = "test",	     [SITE_LAZY] = "is_lazy",	 [SITE_ASID] = "global_asid",
};

static bool writes(unsigned int rw)
{
	return rw == SYNC_WRITE || rw == SYNC_RMW;
}

static unsigned int access_of(unsigned int site, unsigned int rw)
{
	return 2 * site + writes(rw) + 1;
}

/* One of the last two lines of @cpu, and no event since: it goes round. */
static bool loops(unsigned int cpu, unsigned int access)
{
	unsigned int seen = 0;

	for (unsigned int i = nr_lines; i-- > 0 && seen < 2;) {
		if (lines[i].cpu != cpu)
			continue;
		if (!lines[i].access)
			break;
		if (lines[i].access == access)
			return true;
		seen++;
	}
	return false;
}

bool trace_records_site(unsigned int cpu, unsigned int site, unsigned int rw)
{
	return recording && sites[site] && rw != SYNC_AWAIT && !loops(cpu, access_of(site, rw));
}

void trace_site(unsigned int cpu, unsigned int site, unsigned int rw)
{
	struct trace_line *l = &lines[nr_lines];

	if (!trace_records_site(cpu, site, rw) || !room())
		return;
	l->access = access_of(site, rw);
	l->cpu = cpu;
	snprintf(l->text, sizeof(l->text), "CPU%u %c %s", cpu, writes(rw) ? '=' : '-', sites[site]);
	nr_lines++;
}

unsigned int trace_lost(void)
{
	return nr_lost;
}

unsigned int trace_length(void)
{
	return nr_lines;
}

const struct trace_line *trace_nth(unsigned int n)
{
	return &lines[n];
}
