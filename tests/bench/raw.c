/* SPDX-License-Identifier: GPL-2.0 */
/* raw: the references by themselves, with walkers on all other CPUs. */
#include <kernel/smp.h>
#include <tests/bench.h>
#include <tests/thp.h>

static void raw(void)
{
	struct crew_walk walk = {thp_mm("raw"), THP_ADDR, PAGE_SIZE, HPAGE_PMD_NR};
	static struct measured m;

	if (!walk.mm)
		bench_no_memory("raw");
	m = (struct measured){.bench = "raw", .mask = num_online_cpus()};
	crew_start(&walk, m.mask);
	bench_add_references(&m);
	bench_measure(&m);
	crew_stop();
	mm_free(walk.mm);
}

static const struct bench raw_bench = {
	.name = "raw",
	.help = "a broadcast and its acknowledgements, the same with a reload of CR3, an empty flush",
	.min_cpus = 1,
	.pages = 2 * HPAGE_PMD_NR,
	.run = raw,
};
BENCH(raw_bench);
