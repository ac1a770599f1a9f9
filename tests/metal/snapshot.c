/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Back to the beginning: the memory of the kernel as it was, page by page. Of interest are all
 * pages of RAM but those that are free, whose contents nobody relies on; those of user memory,
 * which no scenario looks into; and those of the search, this folder, and the copies.
 *
 * All of them are compared before each schedule: one line left over, and a list with one end
 * put back takes the machine along.
 */
#include "metal.h"
#include <kernel/bug.h>
#include <kernel/memblock.h>
#include <kernel/string.h>
#include <mm/page_alloc.h>

struct saved {
	void *page;
	void *copy;
};
static struct level {
	struct saved *saved;
	unsigned int nr;
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
		die("metal: %zu bytes in one piece are more than the %lu that there can be", size,
		    BLOCK_SIZE);
	if (at + size > BLOCK_SIZE) {
		arena.now++;
		at = 0;
	}
	if (arena.now >= arena.nr)
		die("metal: out of memory: %u blocks of 2 MiB for the search are not enough; give it more MEM=",
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
	return head->type == PAGE_TABLE || head->type == PAGE_KERNEL || head->type == PAGE_FILE;
}

/* The next one from @pfn on; past the last: max_pfn. Of a free block only the first page says so. */
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
	l->nr = 0;
	for_each_of_interest(pfn)
	{
		struct saved *s = &l->saved[l->nr++];

		s->page = __va(PFN_PHYS(pfn));
		s->copy = arena_alloc(PAGE_SIZE, PAGE_SIZE);
		memcpy(s->copy, s->page, PAGE_SIZE);
	}
}

void snapshot_restore(enum metal_level which)
{
	struct level *l = &levels[which];

	for (unsigned int i = 0; i < l->nr; i++)
		if (memcmp(l->saved[i].page, l->saved[i].copy, PAGE_SIZE))
			memcpy(l->saved[i].page, l->saved[i].copy, PAGE_SIZE);
}
