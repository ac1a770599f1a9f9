/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which RAM is ours: what the loader's map calls usable, minus whatever else the map
 * says about the same addresses (firmware maps overlap), up to MEM_LIMIT. Low memory
 * goes to memblock before the real page tables exist, the rest after, because until then
 * only the first 4 GiB are mapped. RAM below 1 MiB is mapped but never allocated: it
 * holds the AP trampoline and what firmware forgot to mention.
 */
#include "early.h"
#include <boot/boot_info.h>
#include <kernel/bug.h>
#include <kernel/memblock.h>
#include <kernel/printk.h>
#include <asm/page.h>

#define MIB	  (1UL << 20)
#define GIB	  (1UL << 30)
#define MEM_LIMIT (16 * GIB) /* frame metadata and page tables stay small */
#define LOW_LIMIT (4 * GIB) /* head.S maps this much */

extern char _text[], _end[]; /* linker.ld */

static struct mem_ranges usable, claimed; /* boot CPU only */

/* The next whole pages at or above @from that are ours. */
static bool next_range(phys_addr_t from, struct mem_range *out)
{
	while (mem_ranges_next_free(&usable, &claimed, from, out)) {
		from = out->end;
		out->base = ALIGN(out->base, PAGE_SIZE);
		out->end &= PAGE_MASK;
		if (out->base < out->end)
			return true;
	}
	return false;
}

void memory_for_each(void (*fn)(phys_addr_t base, phys_addr_t end))
{
	struct mem_range r = {0, 0};

	while (next_range(r.end, &r))
		fn(r.base, r.end);
}

static void add_low(phys_addr_t base, phys_addr_t end)
{
	base = max(base, MIB);
	end = min(end, LOW_LIMIT);
	if (base < end)
		memblock_add(base, end - base);
}

static void add_high(phys_addr_t base, phys_addr_t end)
{
	base = max(base, LOW_LIMIT);
	if (base < end)
		memblock_add(base, end - base);
}

static void check_image(void)
{
	phys_addr_t base = __pa(_text), end = __pa(_end);
	struct mem_range r = {0, 0};

	while (next_range(r.end, &r))
		if (r.base <= base && end <= r.end)
			return;
	die("the kernel needs RAM at %#llx-%#llx, the memory map has none there; give it MEM=%llu or more",
	    (unsigned long long)base, (unsigned long long)end,
	    (unsigned long long)DIV_ROUND_UP(end, MIB) + 8);
}

void memory_init(const struct boot_info *bi)
{
	phys_addr_t unused = 0;

	for (unsigned int i = 0; i < bi->nr_ranges; i++) {
		phys_addr_t base = bi->range[i].base, end = base + bi->range[i].size;

		if (end < base)
			continue;
		if (!bi->range[i].usable) {
			mem_ranges_insert(&claimed, base, end);
			continue;
		}
		if (end > MEM_LIMIT)
			unused += end - max(base, MEM_LIMIT);
		if (base < MEM_LIMIT)
			mem_ranges_insert(&usable, base, min(end, MEM_LIMIT));
	}
	if (!usable.n)
		die("the boot loader (%s) passed no memory map; use GRUB or QEMU -kernel",
		    bi->path);
	if (bi->ranges_cut)
		printk("# memory: the map has more than %d ranges, the others are not used\n",
		       BOOT_RANGES_MAX);
	if (unused)
		printk("# memory: %llu MiB above 16 GiB are not used\n",
		       (unsigned long long)(unused / MIB));
	check_image();
	memblock_reserve(__pa(_text), (phys_addr_t)(_end - _text));
	memory_for_each(add_low);
}

void memory_init_high(void)
{
	memory_for_each(add_high);
}

/*
 * The highest one: the lowest pages hold the interrupt vectors and BIOS data, which some
 * firmware still uses (SMM, warm reset) although its map calls them usable.
 */
phys_addr_t memory_trampoline_page(void)
{
	struct mem_range r = {0, 0};
	phys_addr_t best = 0;

	while (next_range(r.end, &r) && r.base < 0xa0000)
		best = min(r.end, (phys_addr_t)0xa0000) - PAGE_SIZE;
	if (best < PAGE_SIZE)
		die("no free RAM below 640 KiB to start the other CPUs from; boot with one CPU (SMP=1)");
	return best;
}
