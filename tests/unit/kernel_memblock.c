/* SPDX-License-Identifier: GPL-2.0 */
/* The range lists under memblock. */
#include <kernel/ktest.h>
#include <kernel/memblock.h>

static struct mem_ranges all, used; /* too big for a stack */

static void start(void)
{
	all.n = 0;
	used.n = 0;
}

KTEST(memblock, ranges_stay_sorted_and_apart)
{
	start();
	mem_ranges_insert(&all, 0x5000, 0x6000);
	mem_ranges_insert(&all, 0x1000, 0x2000);
	mem_ranges_insert(&all, 0x3000, 0x4000);
	KASSERT(t, all.n == 3);
	KEXPECT_EQ(t, all.r[0].base, 0x1000);
	KEXPECT_EQ(t, all.r[1].base, 0x3000);
	KEXPECT_EQ(t, all.r[2].base, 0x5000);
	KEXPECT_EQ(t, all.r[2].end, 0x6000);
}

KTEST(memblock, touching_and_overlapping_merge)
{
	start();
	mem_ranges_insert(&all, 0x1000, 0x2000);
	mem_ranges_insert(&all, 0x2000, 0x3000); /* touches */
	KEXPECT_EQ(t, all.n, 1);
	KEXPECT_EQ(t, all.r[0].end, 0x3000);
	mem_ranges_insert(&all, 0x5000, 0x6000);
	mem_ranges_insert(&all, 0x8000, 0x9000);
	mem_ranges_insert(&all, 0x1800, 0x2000); /* inside */
	KEXPECT_EQ(t, all.n, 3);
	mem_ranges_insert(&all, 0x2800, 0x8000); /* bridges all three */
	KASSERT(t, all.n == 1);
	KEXPECT_EQ(t, all.r[0].base, 0x1000);
	KEXPECT_EQ(t, all.r[0].end, 0x9000);
}

KTEST(memblock, free_is_all_minus_used)
{
	static const struct mem_range want[] = {
		{0x1000, 0x2000},
		{0x3000, 0x5000},
		{0x20000, 0x21000},
		{0x2f000, 0x30000},
	};
	struct mem_range f = {0, 0};

	start();
	mem_ranges_insert(&all, 0x1000, 0x8000);
	mem_ranges_insert(&all, 0x20000, 0x30000);
	mem_ranges_insert(&used, 0x2000, 0x3000);
	mem_ranges_insert(&used, 0x5000, 0x20000); /* end of one, up to the next */
	mem_ranges_insert(&used, 0x21000, 0x2f000);
	for (unsigned int i = 0; i < ARRAY_SIZE(want); i++) {
		KASSERT(t, mem_ranges_next_free(&all, &used, f.end, &f));
		KEXPECT_EQ(t, f.base, want[i].base);
		KEXPECT_EQ(t, f.end, want[i].end);
	}
	KEXPECT(t, !mem_ranges_next_free(&all, &used, f.end, &f));
}

KTEST(memblock, search_starts_where_told)
{
	struct mem_range f;

	start();
	mem_ranges_insert(&all, 0, 0x10000);
	mem_ranges_insert(&used, 0x4000, 0x5000);
	KASSERT(t, mem_ranges_next_free(&all, &used, 0x2000, &f));
	KEXPECT_EQ(t, f.base, 0x2000);
	KEXPECT_EQ(t, f.end, 0x4000);
	KASSERT(t, mem_ranges_next_free(&all, &used, 0x4000, &f));
	KEXPECT_EQ(t, f.base, 0x5000);
	KEXPECT(t, !mem_ranges_next_free(&all, &used, 0x10000, &f));
}

KTEST(memblock, many_fragments)
{
	struct mem_range f = {0, 0};
	unsigned int n = 0;

	start();
	mem_ranges_insert(&all, 0, 0x1000000);
	for (phys_addr_t a = 0; a < 200 * 0x2000; a += 0x2000)
		mem_ranges_insert(&used, a, a + 0x1000);
	KEXPECT_EQ(t, used.n, 200);
	while (mem_ranges_next_free(&all, &used, f.end, &f))
		n++;
	KEXPECT_EQ(t, n, 200);
	KEXPECT_EQ(t, f.end, 0x1000000);
	KEXPECT_GE(t, memblock_end(), memblock_total());
	KEXPECT_GT(t, memblock_total(), 0);
}

/* As many ranges as fit, 4 KiB in every 64. */
static void fill(void)
{
	start();
	all.inexact = 0;
	for (unsigned int i = 0; i < MAX_MEM_RANGES; i++)
		mem_ranges_insert(&all, (i + 1) * 0x10000, (i + 1) * 0x10000 + 0x1000);
}

static bool holds(phys_addr_t base, phys_addr_t end)
{
	for (unsigned int i = 0; i < all.n; i++)
		if (all.r[i].base <= base && end <= all.r[i].end)
			return true;
	return false;
}

KTEST(memblock, a_full_list_says_so)
{
	fill();
	KEXPECT_EQ(t, all.n, MAX_MEM_RANGES);
	KEXPECT(t, !mem_ranges_insert(&all, 0x8000, 0x9000));
	KEXPECT_EQ(t, all.n, MAX_MEM_RANGES);
	KEXPECT_EQ(t, all.r[0].base, 0x10000);
	KEXPECT(t, mem_ranges_insert(&all, 0x11000, 0x12000)); /* what merges needs no room */
	KEXPECT_EQ(t, all.r[0].end, 0x12000);
}

/* Wherever it comes: nothing that was claimed is ever free again. */
KTEST(memblock, a_claim_is_never_forgotten)
{
	static const phys_addr_t extra[] = {0x4000, 0x18000, 0x808000, 0x40000000};

	for (unsigned int i = 0; i < ARRAY_SIZE(extra); i++) {
		fill();
		mem_ranges_claim(&all, extra[i], extra[i] + 0x1000);
		KEXPECT(t, all.n <= MAX_MEM_RANGES);
		KEXPECT(t, holds(extra[i], extra[i] + 0x1000));
		for (unsigned int j = 1; j <= MAX_MEM_RANGES; j++)
			KASSERT(t, holds(j * 0x10000, j * 0x10000 + 0x1000));
		KEXPECT_EQ(t, all.inexact, 0xf000);
	}
}

/* And nothing is RAM that was never offered; the large ranges stay. */
KTEST(memblock, ram_is_never_invented)
{
	fill();
	mem_ranges_offer(&all, 0x8000, 0x8800); /* the smallest: left out */
	KEXPECT(t, !holds(0x8000, 0x8800));
	KEXPECT_EQ(t, all.inexact, 0x800);
	mem_ranges_offer(&all, 0x40000000, 0x80000000);
	KEXPECT(t, holds(0x40000000, 0x80000000));
	KEXPECT_EQ(t, all.n, MAX_MEM_RANGES);
	KEXPECT_EQ(t, all.inexact, 0x1800);
	for (unsigned int i = 0; i + 1 < all.n; i++)
		KASSERT(t,
			all.r[i].end - all.r[i].base == 0x1000 && all.r[i].end < all.r[i + 1].base);
}
