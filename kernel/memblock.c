/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Boot-time memory. Two sorted lists of ranges, RAM and what is taken of it; an
 * allocation is the lowest gap above 1 MiB that fits. Lowest, because early in boot
 * only low memory is sure to be mapped.
 */
#include <kernel/bug.h>
#include <kernel/memblock.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <asm/page.h>

/* Boot CPU only, before the other CPUs run. */
static struct mem_ranges ram, taken;
static bool closed;

/* Below 1 MiB are the AP trampoline and data of the firmware. */
#define ALLOC_FLOOR 0x100000ULL

bool mem_ranges_insert(struct mem_ranges *l, phys_addr_t base, phys_addr_t end)
{
	unsigned int i = 0, j;

	while (i < l->n && l->r[i].end < base)
		i++;
	for (j = i; j < l->n && l->r[j].base <= end; j++) {
		base = min(base, l->r[j].base);
		end = max(end, l->r[j].end);
	}
	if (i == j && l->n == MAX_MEM_RANGES)
		return false;
	memmove(&l->r[i + 1], &l->r[j], (l->n - j) * sizeof(l->r[0]));
	l->r[i] = (struct mem_range){base, end};
	l->n = l->n + 1 - (j - i);
	return true;
}

static phys_addr_t range_size(const struct mem_range *r)
{
	return r->end - r->base;
}

void mem_ranges_offer(struct mem_ranges *l, phys_addr_t base, phys_addr_t end)
{
	struct mem_range *smallest = l->r;

	if (mem_ranges_insert(l, base, end))
		return;
	for (unsigned int i = 1; i < l->n; i++)
		if (range_size(&l->r[i]) < range_size(smallest))
			smallest = &l->r[i];
	if (range_size(smallest) >= end - base) {
		l->inexact += end - base;
		return;
	}
	l->inexact += range_size(smallest);
	memmove(smallest, smallest + 1, (size_t)(&l->r[--l->n] - smallest) * sizeof(*smallest));
	mem_ranges_insert(l, base, end);
}

void mem_ranges_claim(struct mem_ranges *l, phys_addr_t base, phys_addr_t end)
{
	unsigned int best = 0;

	if (mem_ranges_insert(l, base, end))
		return;
	for (unsigned int i = 1; i + 1 < l->n; i++)
		if (l->r[i + 1].base - l->r[i].end < l->r[best + 1].base - l->r[best].end)
			best = i;
	l->inexact += l->r[best + 1].base - l->r[best].end;
	mem_ranges_insert(l, l->r[best].end, l->r[best + 1].base);
	mem_ranges_insert(l, base, end);
}

void memblock_add(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = (base + size) & PAGE_MASK;

	base = ALIGN(base, PAGE_SIZE);
	if (base < end)
		mem_ranges_offer(&ram, base, end);
}

void memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	if (size)
		mem_ranges_claim(&taken, base & PAGE_MASK, ALIGN(base + size, PAGE_SIZE));
}

bool mem_ranges_next_free(const struct mem_ranges *all, const struct mem_ranges *used,
			  phys_addr_t from, struct mem_range *out)
{
	for (unsigned int i = 0; i < all->n; i++) {
		phys_addr_t base = max(all->r[i].base, from);
		phys_addr_t end = all->r[i].end;

		for (unsigned int j = 0; j < used->n && base < end; j++) {
			if (used->r[j].end <= base)
				continue;
			if (used->r[j].base > base) {
				end = min(end, used->r[j].base);
				break;
			}
			base = used->r[j].end;
		}
		if (base < end) {
			*out = (struct mem_range){base, end};
			return true;
		}
	}
	return false;
}

/* Sub-page allocations share a page: what is left of the last one taken. */
static struct mem_range partial;

static phys_addr_t find(size_t size, size_t align)
{
	struct mem_range f = {0, ALLOC_FLOOR};

	if (partial.base) {
		phys_addr_t base = ALIGN(partial.base, align);

		if (base + size <= partial.end) {
			partial.base = base + size;
			return base;
		}
	}
	while (mem_ranges_next_free(&ram, &taken, f.end, &f)) {
		phys_addr_t base = ALIGN(f.base, align);
		phys_addr_t end = ALIGN(base + size, PAGE_SIZE);

		if (base + size > f.end || base + size < base)
			continue;
		memblock_reserve(base, size);
		if (size < PAGE_SIZE)
			partial = (struct mem_range){base + size, end};
		return base;
	}
	return 0;
}

void *memblock_alloc_or_die(size_t size, size_t align, const char *what)
{
	phys_addr_t pa;
	void *p;

	if (closed)
		panic("memblock_alloc_or_die(%s) after memblock_for_each_free()", what);
	pa = find(size, max(align, (size_t)8));
	if (!pa) {
		u64 have = memblock_total() >> 20;
		u64 need = DIV_ROUND_UP(memblock_total() + size, 1U << 20);

		fatal("out of memory: %s needs %zu KiB, the machine has %llu MiB; give it %llu or more (run.sh: MEM=)",
		      what, size >> 10, (unsigned long long)have,
		      (unsigned long long)max(need + need / 4, have + 16));
	}
	p = __va(pa);
	memset(p, 0, size);
	return p;
}

void memblock_for_each_free(void (*fn)(phys_addr_t base, phys_addr_t size))
{
	struct mem_range f = {0, 0};
	phys_addr_t inexact = ram.inexact + taken.inexact;

	if (inexact)
		printk("# memory: more than %d ranges, up to %llu KiB of RAM are not used\n",
		       MAX_MEM_RANGES, (unsigned long long)DIV_ROUND_UP(inexact, 1024));
	closed = true;
	while (mem_ranges_next_free(&ram, &taken, f.end, &f))
		fn(f.base, f.end - f.base);
}

phys_addr_t memblock_end(void)
{
	return ram.n ? ram.r[ram.n - 1].end : 0;
}

bool memblock_is_memory(phys_addr_t addr)
{
	for (unsigned int i = 0; i < ram.n; i++)
		if (ram.r[i].base <= addr && addr < ram.r[i].end)
			return true;
	return false;
}

phys_addr_t memblock_total(void)
{
	phys_addr_t sum = 0;

	for (unsigned int i = 0; i < ram.n; i++)
		sum += ram.r[i].end - ram.r[i].base;
	return sum;
}
