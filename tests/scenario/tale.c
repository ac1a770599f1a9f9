/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/tale.h>. */
#include <kernel/bug.h>
#include <kernel/event.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <tests/scenario.h>
#include <tests/tale.h>

#define MAX_LINES  400
#define MAX_TABLES 16

static struct tale_line lines[MAX_LINES];
static unsigned int nr_lines, nr_untold; /* what found no room: the newest */
static u64 tables[MAX_TABLES];
static unsigned int nr_tables;
static bool telling;

enum what { NOTHING, NAME, TABLE, TABLE_AND_C };
#define TOLD(id, what) [EV_##id] = {#id, what},
static const struct {
	const char *name;
	enum what what;
} told[NR_EVENTS] = {TALE_EVENTS(TOLD)};

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

void tale_begin(void)
{
	nr_lines = nr_untold = nr_tables = 0;
	telling = true;
}

void tale_end(void)
{
	telling = false;
}

static bool room(void)
{
	nr_untold += nr_lines == MAX_LINES;
	return nr_lines < MAX_LINES;
}

void tale_tell(const struct event *ev)
{
	enum what what = told[ev->id].what;
	struct tale_line *l = &lines[nr_lines];
	int n;

	if (!telling || what == NOTHING || !room())
		return;
	nr_lines++;
	l->access = 0;
	l->cpu = ev->cpu;
	n = scnprintf(l->text, sizeof(l->text), "CPU%u %s", ev->cpu, told[ev->id].name);
	if (what != NAME)
		n += scnprintf(l->text + n, sizeof(l->text) - (size_t)n, " %u", number_of(ev->a));
	if (what == TABLE_AND_C)
		snprintf(l->text + n, sizeof(l->text) - (size_t)n, " %llu",
			 (unsigned long long)ev->c);
}

bool tale_tells(unsigned int id)
{
	return telling && told[id].what != NOTHING;
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

bool tale_tells_site(unsigned int cpu, unsigned int site, unsigned int rw)
{
	return telling && sites[site] && rw != SYNC_AWAIT && !loops(cpu, access_of(site, rw));
}

void tale_site(unsigned int cpu, unsigned int site, unsigned int rw)
{
	struct tale_line *l = &lines[nr_lines];

	if (!tale_tells_site(cpu, site, rw) || !room())
		return;
	l->access = access_of(site, rw);
	l->cpu = cpu;
	snprintf(l->text, sizeof(l->text), "CPU%u %c %s", cpu, writes(rw) ? '=' : '-', sites[site]);
	nr_lines++;
}

unsigned int tale_untold(void)
{
	return nr_untold;
}

unsigned int tale_length(void)
{
	return nr_lines;
}

const struct tale_line *tale_nth(unsigned int n)
{
	return &lines[n];
}
