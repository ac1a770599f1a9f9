/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshot and restore. All memory that a schedule can change lies in a few regions. Their pages
 * are write-protected: the first write to a page faults, and the page is noted as touched. In a
 * touched page, a cache line that has ever differed from the snapshot is put back before each
 * schedule. The other lines are compared with the snapshot now and then. If one of them differs,
 * the schedules since the last comparison do not count and the search begins again.
 */
#include "asan.h"
#include "model.h"
#include "host.h"
#include "race.h"
#include <kernel/bug.h>
#include <asm/page.h>
#include <asm/percpu.h>

#define LINE	    64
#define PAGE_LINES  64 /* a bit each */
#define MAX_REGIONS 12
#define MAX_TOUCHED 1024
#define MAX_DIRTY   16384
#define LOOK_EVERY  128
#define LOOK_ALWAYS 512
_Static_assert(PAGE_LINES *LINE == PAGE_SIZE, "a word for the lines of a page");

static struct region {
	char *base, *copy;
	size_t size;
	u64 *known; /* per page: its lines that are in dirty[] */
	u64 *found; /* per page: the lines that any process of the search has found to differ */
	enum region_kind kind;
} regions[MAX_REGIONS];
static unsigned int nr_regions;

/* Pages that may have been written since the snapshot. */
static struct touched {
	struct region *region;
	unsigned int page;
} touched[MAX_TOUCHED];
static unsigned int nr_touched;

static struct {
	char *to;
	const char *from;
	size_t size;
} dirty[MAX_DIRTY];
static unsigned int nr_dirty;
static u64 looks, learnt; /* calls of look_at_times(); the last one that found a line */
static bool missed, careful;

/* A state on the path of the search: the lines in dirty[]. Lost when dirty[] has grown since. */
static struct checkpoint {
	unsigned int nr, room;
	unsigned long cpu_off;
	char *lines;
} checkpoints[MODEL_MAX_CHECKPOINTS];

/* Where the first page of @r begins. It and the last page may also hold data of the search. */
static char *first_page(const struct region *r)
{
	return (char *)((unsigned long)r->base & PAGE_MASK);
}

static unsigned int nr_pages(const struct region *r)
{
	return (unsigned int)((r->base + r->size - first_page(r) + PAGE_SIZE - 1) / PAGE_SIZE);
}

void model_region(void *base, size_t size, enum region_kind kind)
{
	struct region *r = &regions[nr_regions];

	MODEL_LIMIT(nr_regions++ == MAX_REGIONS, "more regions than MAX_REGIONS");
	r->base = base;
	r->size = size;
	r->copy = host_alloc(size);
	r->known = host_alloc(nr_pages(r) * sizeof(*r->known));
	r->found = host_alloc_shared(nr_pages(r) * sizeof(*r->found));
	r->kind = kind;
}

/* Line @n of @r, without what lies outside of @r. Return: where it begins; @size: of it. */
static char *line(const struct region *r, size_t n, size_t *size)
{
	char *from = first_page(r) + n * LINE, *to = from + LINE;

	from = max(from, r->base);
	to = min(to, r->base + r->size);
	*size = to > from ? (size_t)(to - from) : 0;
	return from;
}

static bool is_known(const struct region *r, size_t n)
{
	return r->known[n / PAGE_LINES] >> n % PAGE_LINES & 1;
}

static void put_back(struct region *r, size_t n)
{
	size_t size;
	char *p = line(r, n, &size);

	r->known[n / PAGE_LINES] |= 1ULL << n % PAGE_LINES;
	if (!size)
		return;
	MODEL_LIMIT(nr_dirty == MAX_DIRTY, "more lines change than MAX_DIRTY");
	dirty[nr_dirty].to = p;
	dirty[nr_dirty].size = size;
	dirty[nr_dirty++].from = r->copy + (p - r->base);
}

/* Of the machine: all but the CPUs that this configuration lacks. */
static bool in_use(const char *p)
{
	return p < (const char *)&machine.cpus[model_config.cpus];
}

static bool all_zero(const char *p, size_t size)
{
	static const char zeroes[LINE];

	return !__builtin_memcmp(p, zeroes, size);
}

/*
 * Stacks in use, and the machine itself, are always put back. A schedule that begins with an
 * old line of them does not give a wrong result: it crashes. So does one that begins from a
 * checkpoint that lacks such a line: see stack_in_use().
 */
static void put_back_control(struct region *r)
{
	for (size_t n = 0; n < nr_pages(r) * PAGE_LINES; n++) {
		size_t size;
		const char *p = line(r, n, &size);

		if (r->kind == REGION_MACHINE ? in_use(p) : !all_zero(p, size))
			put_back(r, n);
	}
}

static void touch(struct region *r, unsigned int page)
{
	MODEL_LIMIT(nr_touched == MAX_TOUCHED, "more pages change than MAX_TOUCHED");
	touched[nr_touched++] = (struct touched){r, page};
}

/* Called once for each page, before the first write to it. */
static void page_written(void *page)
{
	for (unsigned int i = 0; i < nr_regions; i++) {
		struct region *r = &regions[i];

		if ((char *)page >= r->base && (char *)page < r->base + r->size)
			touch(r, (unsigned int)(((char *)page - first_page(r)) / PAGE_SIZE));
	}
}

/* Pages that lie wholly in @r are write-protected. The others always count as touched. */
static void watch(struct region *r)
{
	char *from = (char *)(((unsigned long)r->base + ~PAGE_MASK) & PAGE_MASK);
	char *to = (char *)((unsigned long)(r->base + r->size) & PAGE_MASK);

	for (unsigned int page = 0; page < nr_pages(r); page++) {
		const char *p = first_page(r) + page * PAGE_SIZE;

		if (p < from || p >= to)
			touch(r, page);
	}
	if (from < to)
		host_watch(from, (size_t)(to - from), page_written);
}

void model_snapshot(void)
{
	machine.exploring = true;
	machine.first_step = machine.steps;
	for (unsigned int i = 0; i < nr_regions; i++) {
		struct region *r = &regions[i];

		__builtin_memcpy(r->copy, r->base, r->size);
		if (r->kind != REGION_DATA)
			put_back_control(r);
		/* stack_in_use() gives the used part of stacks; the rest is never read. */
		if (r->kind != REGION_STACKS || careful)
			watch(r);
	}
	lines_from_crashes();
}

static bool differs(const struct region *r, size_t n)
{
	size_t size;
	const char *p = line(r, n, &size);

	return __builtin_memcmp(p, r->copy + (p - r->base), size);
}

/* Lines that differ and are not known become known. Return: whether there were any. */
static bool look(void)
{
	bool found = false;

	for (unsigned int i = 0; i < nr_touched; i++) {
		struct region *r = touched[i].region;
		unsigned int page = touched[i].page;

		for (u64 m = ~r->known[page]; m; m &= m - 1) {
			size_t n = page * PAGE_LINES + (unsigned int)__builtin_ctzll(m);

			if (!differs(r, n))
				continue;
			put_back(r, n);
			__atomic_or_fetch(&r->found[page], 1ULL << n % PAGE_LINES,
					  __ATOMIC_RELAXED);
			found = true;
		}
	}
	return found;
}

void lines_missed(void (*each)(const char *line))
{
	unsigned int known = nr_dirty;

	look();
	for (; known < nr_dirty; known++)
		each(dirty[known].to);
}

void lines_learn(void)
{
	for (unsigned int i = 0; i < nr_regions; i++)
		for (unsigned int page = 0; page < nr_pages(&regions[i]); page++)
			for (u64 m = regions[i].found[page] & ~regions[i].known[page]; m;
			     m &= m - 1)
				put_back(&regions[i],
					 page * PAGE_LINES + (unsigned int)__builtin_ctzll(m));
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

/* Changes that are reported: no comparison is needed to find them. */
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

/* Before lines are put back or saved: has a line changed that is not in dirty[]? */
static void look_at_times(void)
{
	/*
	 * Each time, until LOOK_ALWAYS calls have found nothing new. A missed line is worse than
	 * a wrong result: a list of which one end is put back can crash the search.
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
		const char *p = from;

		if (p < r->base || p >= r->base + r->size)
			continue;
		for (size_t n = (size_t)(p - first_page(r)) / LINE;
		     first_page(r) + n * LINE < (const char *)to; n++)
			if (!is_known(r, n))
				put_back(r, n);
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

static u64 hash(u64 h, const void *from, size_t size)
{
	const u8 *p = from;

	for (size_t i = 0; i < size; i++) {
		h = (h ^ p[i]) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 32;
	}
	return h;
}

static u64 hash_line(const char *p, const char *copy, size_t size)
{
	size_t dead = stack_dead(p, size);

	if (!__builtin_memcmp(p + dead, copy + dead, size - dead))
		return 0;
	return hash((u64)p, p + dead, size - dead);
}

/*
 * A sum over the lines that differ from the snapshot: it stays the same when more lines become
 * known. Without the unused parts of stacks, which are never read. Some bytes of the used parts
 * are never read either, and differ: compare stacks as well, see model_careful().
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

/* Without ACC_TURN: a step announced during a page walk keeps the flag when the walk has ended. */
u64 model_cpu_state(void)
{
	u64 h = 0;

	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++) {
		static struct mcpu c;

		c = machine.cpus[cpu];
		for (unsigned int i = 0; i < MAX_ACC; i++)
			c.op.acc[i].rw &= ~(u64)ACC_TURN;
		h = hash(h, &c, sizeof(c));
	}
	return h;
}
