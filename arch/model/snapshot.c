/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Back to the beginning, cheaply. All that a schedule can change lies in a few regions. A
 * cache line that has ever differed from the snapshot is put back before each schedule;
 * the others are compared with it now and then, and if one of them differs after all, the
 * schedules since the last look do not count and the search begins again.
 */
#include "asan.h"
#include "model.h"
#include "host.h"
#include "race.h"
#include <kernel/bug.h>
#include <asm/percpu.h>

#define LINE	    64
#define CHUNK	    4096
#define MAX_REGIONS 12
#define MAX_DIRTY   16384
#define LOOK_EVERY  1024
#define LOOK_ALWAYS 512

static struct region {
	char *base, *copy;
	size_t size;
	u8 *known; /* per line: it is in dirty[] */
	u8 *known_in; /* per chunk: some line is */
	enum region_kind kind;
} regions[MAX_REGIONS];
static unsigned int nr_regions;

static struct {
	char *to;
	const char *from;
	size_t size;
} dirty[MAX_DIRTY];
static unsigned int nr_dirty;
static u64 looks, learnt; /* and the last one that has taught something */
static bool missed, careful;

/* A state on the path of the search: the dirty lines, as long as there are no more of them. */
static struct checkpoint {
	unsigned int nr, room;
	unsigned long cpu_off;
	char *lines;
} checkpoints[MODEL_MAX_CHECKPOINTS];

void model_region(void *base, size_t size, enum region_kind kind)
{
	struct region *r = &regions[nr_regions++];

	BUG_ON(nr_regions > MAX_REGIONS);
	/* To the byte: what lies beside it belongs to the search. */
	r->base = base;
	r->size = size;
	r->copy = host_alloc(r->size);
	r->known = host_alloc(r->size / LINE + 1);
	r->known_in = host_alloc(r->size / CHUNK + 1);
	r->kind = kind;
}

static size_t line_size(const struct region *r, size_t off)
{
	return min_t(size_t, LINE, r->size - off);
}

static void put_back(struct region *r, size_t off)
{
	BUG_ON(nr_dirty == MAX_DIRTY);
	r->known[off / LINE] = 1;
	r->known_in[off / CHUNK] = 1;
	dirty[nr_dirty].to = r->base + off;
	dirty[nr_dirty].size = line_size(r, off);
	dirty[nr_dirty++].from = r->copy + off;
}

/* Of the machine: all but the CPUs that this one has not got. */
static bool in_use(const char *p)
{
	return p < (const char *)&machine.cpus[model_config.cpus];
}

/*
 * Stacks that are in use, and the machine itself: put back always. A schedule that begins
 * with one line of them left over does not come out wrong, it crashes. So does one that
 * begins with a checkpoint that lacks one: see stack_in_use().
 */
static void put_back_control(struct region *r)
{
	static const char zeroes[LINE];

	for (size_t off = 0; off < r->size; off += LINE)
		if (r->kind == REGION_MACHINE
			    ? in_use(r->base + off)
			    : __builtin_memcmp(r->copy + off, zeroes, line_size(r, off)))
			put_back(r, off);
}

void model_snapshot(void)
{
	machine.exploring = true;
	for (unsigned int i = 0; i < nr_regions; i++) {
		__builtin_memcpy(regions[i].copy, regions[i].base, regions[i].size);
		if (regions[i].kind != REGION_DATA)
			put_back_control(&regions[i]);
	}
}

/* Most of memory is never used: a glance at many lines of which none is known. */
static bool unchanged(const struct region *r, size_t off)
{
	return off + CHUNK <= r->size && !r->known_in[off / CHUNK] &&
	       !__builtin_memcmp(r->base + off, r->copy + off, CHUNK);
}

/* Lines that differ and are not known: returns whether there were any. */
static bool look(void)
{
	bool found = false;

	for (unsigned int i = 0; i < nr_regions; i++) {
		struct region *r = &regions[i];

		for (size_t off = 0; off < r->size; off += LINE) {
			if (off % CHUNK == 0 && unchanged(r, off)) {
				off += CHUNK - LINE;
				continue;
			}
			if (r->known[off / LINE] ||
			    !__builtin_memcmp(r->base + off, r->copy + off, line_size(r, off)))
				continue;
			put_back(r, off);
			found = true;
		}
	}
	return found;
}

bool model_missed(void)
{
	bool m = look() || missed;

	missed = false;
	return m;
}

void model_careful(void)
{
	careful = true;
}

const void *model_written[MAX_WORDS];
unsigned int model_nr_written;

/* What is told, not looked for. */
static void take_note(void)
{
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		stack_in_use(machine.cpus[cpu].sp);
	stacks_changed();
	while (model_nr_written) {
		const char *p = model_written[--model_nr_written];

		model_changes(p, p + 1);
	}
}

/* Before lines are put back, or saved: is any not among them? */
static void look_at_times(void)
{
	/*
	 * Always, until for some time nothing new has turned up. What has been missed is more
	 * than a wrong answer: a list with one end put back can take the whole search along.
	 */
	take_note();
	if (looks++ % LOOK_EVERY == 0 || looks - learnt < LOOK_ALWAYS || careful)
		if (look()) {
			missed |= looks - learnt > LOOK_ALWAYS && !careful;
			learnt = looks;
		}
}

/* From now on the lines of [@from, @to) are put back, and saved, whether they differ or not. */
void model_changes(const void *from, const void *to)
{
	for (unsigned int i = 0; i < nr_regions; i++) {
		struct region *r = &regions[i];
		size_t off = (const char *)from - r->base, end = (const char *)to - r->base;

		if ((const char *)from < r->base || off >= r->size)
			continue;
		for (off -= off % LINE; off < end; off += LINE)
			if (!r->known[off / LINE])
				put_back(r, off);
	}
}

void model_restore(void)
{
	race_reset();
	asan_restore();
	look_at_times();
	for (unsigned int i = 0; i < nr_dirty; i++)
		if (likely(dirty[i].size == LINE))
			__builtin_memcpy(dirty[i].to, dirty[i].from, LINE);
		else
			__builtin_memcpy(dirty[i].to, dirty[i].from, dirty[i].size);
}

void model_save(unsigned int slot)
{
	struct checkpoint *p = &checkpoints[slot];

	look_at_times();
	if (p->room < nr_dirty) {
		host_free(p->lines);
		p->room = nr_dirty + nr_dirty / 4;
		p->lines = host_alloc((size_t)p->room * LINE);
	}
	p->nr = nr_dirty;
	p->cpu_off = model_cpu_off;
	for (unsigned int i = 0; i < nr_dirty; i++)
		if (likely(dirty[i].size == LINE))
			__builtin_memcpy(p->lines + i * LINE, dirty[i].to, LINE);
		else
			__builtin_memcpy(p->lines + i * LINE, dirty[i].to, dirty[i].size);
}

bool model_restore_saved(unsigned int slot)
{
	const struct checkpoint *p = &checkpoints[slot];

	look_at_times();
	if (p->nr != nr_dirty)
		return false;
	for (unsigned int i = 0; i < nr_dirty; i++)
		if (likely(dirty[i].size == LINE))
			__builtin_memcpy(dirty[i].to, p->lines + i * LINE, LINE);
		else
			__builtin_memcpy(dirty[i].to, p->lines + i * LINE, dirty[i].size);
	model_cpu_off = p->cpu_off;
	return true;
}

static u64 hash_line(const char *p, const char *copy, size_t size)
{
	size_t dead = stack_dead(p, size);
	u64 h = (u64)p;

	if (!__builtin_memcmp(p + dead, copy + dead, size - dead))
		return 0;
	for (size_t i = dead; i < size; i++) {
		h = (h ^ (u8)p[i]) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 32;
	}
	return h;
}

/*
 * The sum of what differs from the snapshot, so that lines may become known between two of
 * them; without what lies on stacks below what is in use, which nobody reads.
 */
u64 model_image(void)
{
	u64 h = model_cpu_off;

	take_note();
	look();
	for (unsigned int i = 0; i < nr_dirty; i++)
		h += hash_line(dirty[i].to, dirty[i].from, dirty[i].size);
	return h;
}
