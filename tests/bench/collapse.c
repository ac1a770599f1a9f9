/* SPDX-License-Identifier: GPL-2.0 */
/* collapse: 512 pages into one. Undone by a split, which is not timed. */
#include <mm/huge_mm.h>
#include <mm/khugepaged.h>
#include <tests/bench.h>
#include <tests/thp.h>

static int split_again(void)
{
	mm_split_huge_pmd(crew_mm(),
			  THP_ADDR); /* -EINVAL: it is split, at first or after -EAGAIN */
	return 0;
}

/* -EAGAIN: a walker had a reference to one of the pages. */
static int collapse_once(void)
{
	return collapse_huge_page(crew_mm(), THP_ADDR);
}

static void collapse(void)
{
	struct crew_walk walk = {thp_mm("collapse"), THP_ADDR, PAGE_SIZE, HPAGE_PMD_NR};
	struct bench_op op = {"collapse", "op", split_again, collapse_once};

	if (!walk.mm)
		bench_no_memory("collapse");
	bench_operation(&op, &walk, bench_crew());
	mm_free(walk.mm);
}

static const struct bench collapse_bench = {
	.name = "collapse",
	.help = "collapse_huge_page(): withdraw, flush, wait, copy, deposit",
	.min_cpus = 1,
	.pages = 4 * HPAGE_PMD_NR,
	.run = collapse,
};
BENCH(collapse_bench);
