/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cache lines a schedule changes. All memory that it can change lies in a few regions. The
 * states of a line, and what takes it from one to the next:
 *
 *	clean		equals the snapshot; its page is write-protected
 *	  |		  the first write to the page faults: page_written()
 *	  v
 *	suspect		its page is ->written; now and then it is compared with the snapshot
 *	  |		  it differs: lines_compare()
 *	  v
 *	known		in known_lines[]: put back before each schedule, saved in each checkpoint
 *
 * Lines are known without a comparison if the control of a CPU is in them (know_control()), if a
 * change is reported (lines_note()), if another process of the search has found that they differ
 * (lines_learn()), or if an earlier process has crashed with them changed (crash.c). A known line
 * stays known.
 */
#include "host.h"
#include "model.h"
#include <kernel/bug.h>
#include <asm/page.h>

#define PAGE_LINES  64 /* a bit each */
#define MAX_REGIONS 12
_Static_assert(PAGE_LINES *LINE == PAGE_SIZE, "a word for the lines of a page");

static struct region {
	char *base, *copy;
	size_t size;
	enum region_kind kind;
	unsigned int nr_pages;
	/* Per page: */
	bool *written; /* it may have been, since the snapshot */
	u64 *known; /* its lines that are in known_lines[] */
	u64 *found; /* its lines that any process of the search has found to differ */
} regions[MAX_REGIONS];
static unsigned int nr_regions;

struct line known_lines[MAX_KNOWN_LINES];
unsigned int nr_known_lines;

const void *model_written[MAX_WORDS];
unsigned int model_nr_written;

/* Where the first page of @r begins. It and the last page may also hold data of the search. */
static char *first_page(const struct region *r)
{
	return (char *)((unsigned long)r->base & PAGE_MASK);
}

static bool contains(const struct region *r, const void *p)
{
	return (const char *)p >= r->base && (const char *)p < r->base + r->size;
}

void model_region(void *base, size_t size, enum region_kind kind)
{
	struct region *r = &regions[nr_regions];

	MODEL_LIMIT(nr_regions++ == MAX_REGIONS, "more regions than MAX_REGIONS");
	r->base = base;
	r->size = size;
	r->kind = kind;
	r->copy = host_alloc(size);
	r->nr_pages = (unsigned int)((r->base + size - first_page(r) + PAGE_SIZE - 1) / PAGE_SIZE);
	r->written = host_alloc(r->nr_pages * sizeof(*r->written));
	r->known = host_alloc(r->nr_pages * sizeof(*r->known));
	r->found = host_alloc_shared(r->nr_pages * sizeof(*r->found));
}

/* Line @n of @r, without what lies outside of @r. */
static struct line line_of(const struct region *r, size_t n)
{
	char *from = first_page(r) + n * LINE, *to = from + LINE;

	from = max(from, r->base);
	to = min(to, r->base + r->size);
	return (struct line){from, r->copy + (from - r->base), to > from ? (size_t)(to - from) : 0};
}

/* Take the first line out of @set, lines of @page. Return: its number in the region. */
static size_t take_line(u64 *set, unsigned int page)
{
	unsigned int first = (unsigned int)__builtin_ctzll(*set);

	*set &= *set - 1;
	return (size_t)page * PAGE_LINES + first;
}

static void make_known(struct region *r, size_t n)
{
	struct line l = line_of(r, n);
	u64 *known = &r->known[n / PAGE_LINES], bit = 1ULL << n % PAGE_LINES;

	if (*known & bit)
		return;
	*known |= bit;
	if (!l.size)
		return;
	MODEL_LIMIT(nr_known_lines == MAX_KNOWN_LINES, "more lines change than MAX_KNOWN_LINES");
	known_lines[nr_known_lines++] = l;
}

/*
 * The machine itself, and stacks in use, are known from the beginning. A schedule that begins with
 * an old line of them does not give a wrong result: it crashes. So does one that begins from a
 * checkpoint that lacks such a line: see stack_in_use().
 */
static void know_control(struct region *r)
{
	static const char zeroes[LINE];

	for (size_t n = 0; n < r->nr_pages * PAGE_LINES; n++) {
		struct line l = line_of(r, n);

		if (r->kind == REGION_MACHINE || __builtin_memcmp(l.at, zeroes, l.size))
			make_known(r, n);
	}
}

/* Called once for each page, before the first write to it. */
static void page_written(void *page)
{
	for (struct region *r = regions; r < regions + nr_regions; r++)
		if (contains(r, page))
			r->written[((char *)page - first_page(r)) / PAGE_SIZE] = true;
}

/* Pages that lie wholly in @r are write-protected. The others always count as written. */
static void watch(struct region *r)
{
	char *end = r->base + r->size;
	char *from = (char *)(((unsigned long)r->base + ~PAGE_MASK) & PAGE_MASK);
	char *to = (char *)((unsigned long)end & PAGE_MASK);

	r->written[0] = from > r->base;
	r->written[r->nr_pages - 1] |= to < end;
	if (from < to)
		host_watch(from, (size_t)(to - from), page_written);
}

void lines_begin(bool whole_stacks)
{
	for (struct region *r = regions; r < regions + nr_regions; r++) {
		__builtin_memcpy(r->copy, r->base, r->size);
		if (r->kind != REGION_DATA)
			know_control(r);
		/* stack_in_use() gives the used part of stacks; the rest is never read. */
		if (r->kind != REGION_STACKS || whole_stacks)
			watch(r);
	}
}

/* memcmp() of a whole line: most comparisons are of lines that are equal. */
static inline bool equal(const struct line *l)
{
	typedef u64 words __attribute__((vector_size(LINE), aligned(8), may_alias));
	words d;

	if (unlikely(l->size != LINE))
		return !__builtin_memcmp(l->at, l->was, l->size);
	d = *(const words *)l->at ^ *(const words *)l->was;
	return !(d[0] | d[1] | d[2] | d[3] | d[4] | d[5] | d[6] | d[7]);
}

static bool compare_page(struct region *r, unsigned int page)
{
	u64 differ = 0;

	for (u64 set = ~r->known[page]; set;) {
		size_t n = take_line(&set, page);
		struct line l = line_of(r, n);

		if (equal(&l))
			continue;
		make_known(r, n);
		differ |= 1ULL << n % PAGE_LINES;
	}
	if (differ)
		__atomic_or_fetch(&r->found[page], differ, __ATOMIC_RELAXED);
	return differ;
}

bool lines_compare(void)
{
	bool found = false;

	for (struct region *r = regions; r < regions + nr_regions; r++)
		for (unsigned int page = 0; page < r->nr_pages; page++)
			if (r->written[page])
				found |= compare_page(r, page);
	return found;
}

void lines_learn(void)
{
	for (struct region *r = regions; r < regions + nr_regions; r++)
		for (unsigned int page = 0; page < r->nr_pages; page++)
			for (u64 set = r->found[page]; set;)
				make_known(r, take_line(&set, page));
}

void lines_change(const void *from, const void *to)
{
	for (struct region *r = regions; r < regions + nr_regions; r++) {
		if (!contains(r, from))
			continue;
		for (size_t n = (size_t)((const char *)from - first_page(r)) / LINE;
		     first_page(r) + n * LINE < (const char *)to; n++)
			make_known(r, n);
	}
}

void lines_note(void)
{
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		stack_in_use(machine.cpus[cpu].sp);
	stacks_changed();
	while (model_nr_written) {
		const char *p = model_written[--model_nr_written];

		lines_change(p, p + 1);
	}
}
