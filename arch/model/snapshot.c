/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Back to the beginning, cheaply. All that a schedule can change lies in a few regions. Pages of
 * them cannot be written without our hearing of it, once; of those, a cache line that has ever
 * differed from the snapshot is put back before each schedule; the others are compared with it
 * now and then, and if one of them differs after all, the schedules since the last look do not
 * count and the search begins again.
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
	u64 *found; /* and those that any process of the search has found to differ */
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
static u64 looks, learnt; /* and the last one that has taught something */
static bool missed, careful;

/* A state on the path of the search: the dirty lines, as long as there are no more of them. */
static struct checkpoint {
	unsigned int nr, room;
	unsigned long cpu_off;
	char *lines;
} checkpoints[MODEL_MAX_CHECKPOINTS];

/* Where the first page of @r begins: what else lies in it, and in the last, is the search's. */
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

/* Line @n of @r, to the byte: returns where it begins. */
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

/* Of the machine: all but the CPUs that this one has not got. */
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
 * Stacks that are in use, and the machine itself: put back always. A schedule that begins
 * with one line of them left over does not come out wrong, it crashes. So does one that
 * begins with a checkpoint that lacks one: see stack_in_use().
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

/* Called once for each page, by whoever is about to write there. */
static void page_written(void *page)
{
	for (unsigned int i = 0; i < nr_regions; i++) {
		struct region *r = &regions[i];

		if ((char *)page >= r->base && (char *)page < r->base + r->size)
			touch(r, (unsigned int)(((char *)page - first_page(r)) / PAGE_SIZE));
	}
}

/* Pages that are all of @r can be watched; of the others we must always think the worst. */
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
		/* Of stacks we are told what is in use; the rest nobody reads. */
		if (r->kind != REGION_STACKS || careful)
			watch(r);
	}
	lines_inherit();
}

static bool differs(const struct region *r, size_t n)
{
	size_t size;
	const char *p = line(r, n, &size);

	return __builtin_memcmp(p, r->copy + (p - r->base), size);
}

/* Lines that differ and are not known: returns whether there were any. */
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
 * The sum of what differs from the snapshot, so that lines may become known between two of
 * them; without what lies on stacks below what is in use, which nobody reads. There is more
 * that nobody reads, but not always the same: look at stacks as well, see model_careful().
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

/* Without ACC_TURN: a step announced while a page walk was under way says it once too often. */
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
