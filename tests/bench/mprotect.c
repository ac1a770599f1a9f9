/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mprotect: of one GiB of hugetlb whose PMD table was shared with one other mm. The table is given
 * up as by munmap(). Two mmu_gathers are in flight, that of the call and that of the hugetlb VMA, so
 * the inner one flushes once more, as Linux's does.
 */
#include <tests/bench.h>
#include <tests/sharers.h>

static int protect_all(void)
{
	return mm_mprotect(crew_mm(), SHARED_ADDR, PUD_SIZE, false);
}

static void mprotect(void)
{
	struct bench_op op = {"mprotect", "op", unshare_one.prepare, protect_all};
	struct crew_walk walk;

	unshare_begin(1, &walk);
	bench_operation(&op, &walk, bench_crew());
	unshare_end();
}

static const struct bench mprotect_bench = {
	.name = "mprotect",
	.help = "mprotect() of hugetlb whose PMD table was shared with one other mm",
	.min_cpus = 1,
	.pages = 2 * HPAGE_PMD_NR,
	.run = mprotect,
};
BENCH(mprotect_bench);
