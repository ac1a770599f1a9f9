/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Back to the beginning, cheaply. All that a schedule can change lies in a few regions. A
 * cache line that has ever differed from the snapshot is put back before each schedule;
 * the others are compared with it now and then, and if one of them differs after all, the
 * schedules since the last look do not count and the search begins again.
 */
#include "model.h"
#include "host.h"
#include <kernel/bug.h>

#define LINE	    64
#define MAX_REGIONS 12
#define MAX_DIRTY   16384
#define LOOK_EVERY  1024
#define LOOK_ALWAYS 512

static struct region {
	char *base, *copy;
	size_t size;
	u8 *known; /* per line: it is in dirty[] */
	bool control;
} regions[MAX_REGIONS];
static unsigned int nr_regions;

static struct {
	char *to;
	const char *from;
	size_t size;
} dirty[MAX_DIRTY];
static unsigned int nr_dirty;
static u64 restores, learnt; /* and the last one that has taught something */
static bool missed, careful;

void model_region(void *base, size_t size, bool control)
{
	struct region *r = &regions[nr_regions++];

	BUG_ON(nr_regions > MAX_REGIONS);
	/* To the byte: what lies beside it belongs to the search. */
	r->base = base;
	r->size = size;
	r->copy = host_alloc(r->size);
	r->known = host_alloc(r->size / LINE + 1);
	r->control = control;
}

static size_t line_size(const struct region *r, size_t off)
{
	return min_t(size_t, LINE, r->size - off);
}

static void put_back(struct region *r, size_t off)
{
	BUG_ON(nr_dirty == MAX_DIRTY);
	r->known[off / LINE] = 1;
	dirty[nr_dirty].to = r->base + off;
	dirty[nr_dirty].size = line_size(r, off);
	dirty[nr_dirty++].from = r->copy + off;
}

/*
 * Stacks that are in use, and the machine itself: put back always. A schedule that begins
 * with one line of them left over does not come out wrong, it crashes.
 */
static void put_back_control(struct region *r)
{
	static const char zeroes[LINE];

	for (size_t off = 0; off < r->size; off += LINE)
		if (__builtin_memcmp(r->copy + off, zeroes, line_size(r, off)))
			put_back(r, off);
}

void model_snapshot(void)
{
	machine.exploring = true;
	for (unsigned int i = 0; i < nr_regions; i++) {
		__builtin_memcpy(regions[i].copy, regions[i].base, regions[i].size);
		if (regions[i].control)
			put_back_control(&regions[i]);
	}
}

/* Lines that differ and are not known: returns whether there were any. */
static bool look(void)
{
	bool found = false;

	for (unsigned int i = 0; i < nr_regions; i++) {
		struct region *r = &regions[i];

		for (size_t off = 0; off < r->size; off += LINE) {
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

void model_restore(void)
{
	/*
	 * Always, until for some time nothing new has turned up. What has been missed is more
	 * than a wrong answer: a list with one end put back can take the whole search along.
	 */
	if (restores++ % LOOK_EVERY == 0 || restores - learnt < LOOK_ALWAYS || careful)
		if (look()) {
			missed |= restores - learnt > LOOK_ALWAYS && !careful;
			learnt = restores;
		}
	for (unsigned int i = 0; i < nr_dirty; i++)
		if (likely(dirty[i].size == LINE))
			__builtin_memcpy(dirty[i].to, dirty[i].from, LINE);
		else
			__builtin_memcpy(dirty[i].to, dirty[i].from, dirty[i].size);
}
