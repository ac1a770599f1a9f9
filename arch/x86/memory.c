/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which RAM is ours: what the loader's map calls usable, minus whatever else the map
 * says about the same addresses (firmware maps overlap), up to MEM_LIMIT. Low memory
 * goes to memblock before the real page tables exist, the rest after, because until then
 * only the first 4 GiB are mapped. RAM below 1 MiB is mapped but never allocated: it
 * holds the AP trampoline, and firmware data that the map may not list.
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
#define LOW_LIMIT BOOT_MAPPED

extern char _text[], _end[]; /* linker.ld */

static const struct boot_info *map; /* boot CPU only */

/* The next whole pages at or above @from that are ours. */
static bool next_range(phys_addr_t from, struct mem_range *out)
{
	while (mem_ranges_next_free(&map->usable, &map->claimed, from, out)) {
		from = out->end;
		out->base = ALIGN(out->base, PAGE_SIZE);
		out->end = min(out->end, MEM_LIMIT) & PAGE_MASK;
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
	fatal("the kernel needs RAM at %#llx-%#llx, the memory map has none there; give it %llu MiB or more (run.sh: MEM=)",
	      (unsigned long long)base, (unsigned long long)end,
	      (unsigned long long)DIV_ROUND_UP(end, MIB) + 8);
}

void memory_init(const struct boot_info *bi)
{
	phys_addr_t inexact = bi->usable.inexact + bi->claimed.inexact, unused = 0;

	map = bi;
	if (bi->damage)
		fatal("the boot loader's information (%s) is damaged: %s; use another version of GRUB, or QEMU -kernel",
		      bi->path, bi->damage);
	if (!bi->usable.n)
		fatal("the boot loader (%s) passed no memory map; use GRUB or QEMU -kernel",
		      bi->path);
	for (unsigned int i = 0; i < bi->usable.n; i++)
		if (bi->usable.r[i].end > MEM_LIMIT)
			unused += bi->usable.r[i].end - max(bi->usable.r[i].base, MEM_LIMIT);
	if (inexact)
		printk("# memory: the map has more than %d ranges of a kind, up to %llu KiB of RAM are not used\n",
		       MAX_MEM_RANGES, (unsigned long long)DIV_ROUND_UP(inexact, 1024));
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
		fatal("no free RAM below 640 KiB to start the other CPUs from; boot with maxcpus=1");
	return best;
}
