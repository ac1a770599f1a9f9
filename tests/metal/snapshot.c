/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before each schedule memory is put back, page by page: all of RAM but free pages, whose contents
 * do not matter, and the pages of the search, of this folder, and of the copies.
 *
 * A single cache line that is missed leaves, for example, a list with one end put back. So the
 * hardware says what was written: a page is put back if one of its mappings is Dirty. Put back
 * after a comparison instead: page tables, in which the hardware writes flags; user pages, which
 * have other mappings too; and what is mapped by 2 MiB.
 */
#include "metal.h"
#include <kernel/bug.h>
#include <kernel/memblock.h>
#include <kernel/string.h>
#include <kernel/panic.h>
#include <asm/drive.h>
#include <asm/pgtable_types.h>
#include <mm/page_alloc.h>

struct saved {
	char *page;
	char *copy;
	u64 *direct; /* the entry that maps it there */
	bool written;
};

/* Page-table entries that follow one another and map saved[first] and those that follow it. */
struct run {
	u64 *entry;
	unsigned int first, nr;
};
#define MAX_RUNS 1024
static struct level {
	struct saved *saved, **compared;
	unsigned int nr, nr_compared;
	bool taken;
	struct arena_mark arena; /* where it ended before */
} levels[NR_LEVELS];

/*
 * The arena: blocks that follow one another where the allocator has them so, which at boot
 * it has. Never given back.
 */
#define MAX_BLOCKS 64
#define BLOCK_SIZE (PAGE_SIZE << MAX_PAGE_ORDER)
static struct {
	char *base[MAX_BLOCKS];
	unsigned int nr, now; /* taken from the allocator; where the next allocation goes */
	size_t used; /* of that one */
} arena;

extern char __explorer_start[], __explorer_end[]; /* linker.ld */

static bool in_arena(const void *p)
{
	for (unsigned int i = 0; i < arena.nr; i++)
		if ((const char *)p >= arena.base[i] &&
		    (const char *)p < arena.base[i] + BLOCK_SIZE)
			return true;
	return false;
}

/* Before the first snapshot, all that there will be: the allocator itself is put back. */
void arena_fill(unsigned int blocks)
{
	while (arena.nr < blocks && arena.nr < MAX_BLOCKS) {
		struct page *p = alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER, PAGE_KERNEL);

		if (!p)
			break;
		arena.base[arena.nr++] = page_address(p);
	}
}

void *arena_alloc(size_t size, size_t align)
{
	size_t at = ALIGN(arena.used, align);

	if (size > BLOCK_SIZE)
		fatal("metal: %zu bytes in one piece are more than the %lu that there can be", size,
		      BLOCK_SIZE);
	if (at + size > BLOCK_SIZE) {
		arena.now++;
		at = 0;
	}
	if (arena.now >= arena.nr)
		fatal("metal: out of memory: %u blocks of 2 MiB for the search are not enough; give it more memory (run.sh: MEM=)",
		      arena.nr);
	arena.used = at + size;
	return arena.base[arena.now] + at;
}

struct arena_mark arena_mark(void)
{
	return (struct arena_mark){arena.now, arena.used};
}

void arena_release(struct arena_mark to)
{
	arena.now = to.block;
	arena.used = to.used;
}

static bool of_interest(unsigned long pfn)
{
	const struct page *head = compound_head(pfn_to_page(pfn));

	if (!memblock_is_memory(PFN_PHYS(pfn)) || in_arena(__va(PFN_PHYS(pfn))))
		return false;
	if (head->type == PAGE_RESERVED)
		return pfn < PFN_DOWN(__pa(__explorer_start)) ||
		       pfn >= PFN_UP(__pa(__explorer_end));
	return head->type != PAGE_BUDDY;
}

/* The next one from @pfn on, or max_pfn. Only the first page of a free block is marked as free. */
static unsigned long next_of_interest(unsigned long pfn)
{
	while (pfn < max_pfn) {
		const struct page *page = pfn_to_page(pfn);

		if (page->type == PAGE_BUDDY)
			pfn += 1UL << page->order;
		else if (!of_interest(pfn))
			pfn++;
		else
			return pfn;
	}
	return max_pfn;
}

#define for_each_of_interest(pfn) \
	for (pfn = next_of_interest(1); pfn < max_pfn; pfn = next_of_interest(pfn + 1))

static u64 *new_table(void)
{
	return arena_alloc(PAGE_SIZE, PAGE_SIZE);
}

/* All 4 KiB mappings of kernel memory. Their tables are not put back: each write changes them. */
void snapshot_track(void)
{
	u64 *table = new_table();
	unsigned long pfn, va;
	phys_addr_t end = 0;

	for_each_of_interest(pfn)
	{
		if (PFN_PHYS(pfn) < end)
			continue;
		end = ALIGN(PFN_PHYS(pfn + 1), PMD_SIZE);
		if (arch_split_mapping((unsigned long)__va(PFN_PHYS(pfn)), table))
			table = new_table();
	}
	for (va = __START_KERNEL_map; va >= __START_KERNEL_map; va += PMD_SIZE)
		if (arch_split_mapping(va, table))
			table = new_table();
}

static struct saved *find(const struct level *l, const char *page)
{
	unsigned int from = 0, to = l->nr;

	while (from < to) {
		unsigned int mid = (from + to) / 2;

		if (l->saved[mid].page < page)
			from = mid + 1;
		else
			to = mid;
	}
	return from < l->nr && l->saved[from].page == page ? &l->saved[from] : NULL;
}

/* For such pages the Dirty flag of one mapping is not enough. */
static bool compared_type(struct page *page)
{
	enum page_type type = compound_head(page)->type;

	return type != PAGE_RESERVED && type != PAGE_KERNEL;
}

static struct run runs[MAX_RUNS]; /* of LEVEL_CASE */
static unsigned int nr_runs;

static void watch(u64 *entry, unsigned int n)
{
	struct run *r = &runs[nr_runs - 1];

	if (!arch_entry_writable(*entry))
		return;
	if (nr_runs && r->entry + r->nr == entry && r->first + r->nr == n) {
		r->nr++;
		return;
	}
	BUG_ON(nr_runs == MAX_RUNS);
	runs[nr_runs++] = (struct run){entry, n, 1};
}

/* The entry that maps @va, in one of snapshot_track()'s tables; or NULL. */
static u64 *entry(unsigned long va)
{
	u64 *e = arch_small_entry(va);

	return e && in_arena(e) ? e : NULL;
}

/* A page has one mapping in the direct map, and perhaps one in the image or as a stack. */
static void find_entries(struct level *l)
{
	unsigned long va;

	nr_runs = l->nr_compared = 0;
	for (unsigned int i = 0; i < l->nr; i++) {
		struct saved *s = &l->saved[i];
		u64 *e = entry((unsigned long)s->page);

		if (!e || compared_type(virt_to_page(s->page)))
			l->compared[l->nr_compared++] = s;
		s->direct = e;
		if (e)
			watch(e, i);
	}
	for (va = __START_KERNEL_map; va >= __START_KERNEL_map; va += PAGE_SIZE) {
		u64 *e = entry(va);
		struct saved *s = e ? find(l, __va(arch_entry_page(*e))) : NULL;

		if (s && metal_plant != PLANT_BLIND)
			watch(e, (unsigned int)(s - l->saved));
	}
}

static void put_back(const struct saved *s)
{
	memcpy(s->page, s->copy, PAGE_SIZE);
}

static struct saved *written[4096];

static unsigned int find_written(const struct level *l)
{
	unsigned int n = 0;

	for (struct run *r = runs; r < runs + nr_runs; r++)
		for (unsigned int i = 0; i < r->nr; i++) {
			struct saved *s = &l->saved[r->first + i];

			if (!arch_entry_written(r->entry[i]))
				continue;
			arch_entry_clean(&r->entry[i]);
			if (!s->written) {
				BUG_ON(n == ARRAY_SIZE(written));
				written[n++] = s;
			}
			s->written = true;
		}
	return n;
}

/* Put back what was written, and clear the Dirty flags again. */
static void put_back_written(const struct level *l)
{
	unsigned int n = find_written(l);

	for (unsigned int i = 0; i < n; i++) {
		struct saved *s = written[i];

		put_back(s);
		if (s->direct)
			arch_entry_clean(s->direct);
		s->written = false;
	}
	arch_forget_translations();
}

static void put_back_differing(struct saved *const *list, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (memcmp(list[i]->page, list[i]->copy, PAGE_SIZE))
			put_back(list[i]);
}

void snapshot_take(enum metal_level which)
{
	struct level *l = &levels[which];
	unsigned long pfn;
	unsigned int n = 0;

	if (l->taken)
		arena_release(l->arena);
	l->taken = true;
	l->arena = arena_mark();
	for_each_of_interest(pfn) n++;
	l->saved = arena_alloc(n * sizeof(*l->saved), 64);
	l->compared = arena_alloc(n * sizeof(*l->compared), 64);
	l->nr = l->nr_compared = 0;
	for_each_of_interest(pfn)
	{
		struct saved *s = &l->saved[l->nr++];

		*s = (struct saved){.page = __va(PFN_PHYS(pfn))};
		s->copy = arena_alloc(PAGE_SIZE, PAGE_SIZE);
		memcpy(s->copy, s->page, PAGE_SIZE);
		l->compared[l->nr_compared++] = s;
	}
	if (which != LEVEL_CASE)
		return;
	find_entries(l);
	put_back_written(l);
}

void snapshot_restore(enum metal_level which)
{
	const struct level *l = &levels[which];

	hardware_unmark();
	put_back_differing(l->compared, l->nr_compared);
	if (which == LEVEL_CASE)
		put_back_written(l);
}

void snapshot_check(void)
{
	const struct level *l = &levels[LEVEL_CASE];

	for (unsigned int i = 0; i < l->nr; i++)
		if (memcmp(l->saved[i].page, l->saved[i].copy, PAGE_SIZE))
			panic("metal: page %p is not as it was, and no Dirty flag shows a write to it",
			      l->saved[i].page);
}
