/* SPDX-License-Identifier: GPL-2.0 */
/* spread: unshare while the mm is on 1, 2, 4, ... of all CPUs: what the size of its mask costs. */
#include <kernel/smp.h>
#include <tests/bench.h>

static void measure_on(unsigned int mask)
{
	struct bench_op op = unshare_one;
	struct crew_walk walk;

	op.bench = "spread";
	unshare_begin(1, &walk);
	bench_operation(&op, &walk, mask);
	unshare_end();
}

static void spread(void)
{
	unsigned int mask;

	for (mask = 1; mask < num_online_cpus(); mask *= 2)
		measure_on(mask);
	measure_on(num_online_cpus());
}

static const struct bench spread_bench = {
	.name = "spread",
	.help = "unshare with the mm on 1, 2, 4, ... of all CPUs",
	.min_cpus = 2,
	.pages = 2 * HPAGE_PMD_NR,
	.run = spread,
};
BENCH(spread_bench);
