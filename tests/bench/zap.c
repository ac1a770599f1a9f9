/* SPDX-License-Identifier: GPL-2.0 */
/*
 * zap: munmap() of four pages, each in a PTE table of its own, which go with them: freed by RCU,
 * in one batch, or one by one where no page for the batch can be had.
 */
#include <tests/bench.h>

#define ZAP_ADDR   0xc0000000UL
#define ZAP_TABLES 4UL
#define ZAP_LEN	   (ZAP_TABLES * PMD_SIZE)

static int map_again(void)
{
	int ret = mm_munmap(crew_mm(), ZAP_ADDR, ZAP_LEN);

	ret = ret ?: mm_mmap(crew_mm(), ZAP_ADDR, ZAP_LEN, VM_WRITE, NULL, 0);
	for (unsigned long i = 0; i < ZAP_TABLES && !ret; i++)
		ret = fault_in(crew_mm(), ZAP_ADDR + i * PMD_SIZE, true);
	return ret;
}

static int unmap(void)
{
	return mm_munmap(crew_mm(), ZAP_ADDR, ZAP_LEN);
}

static int unmap_without_memory(void)
{
	u32 old = fail_page_alloc_set(1);
	int ret = unmap();

	fail_page_alloc_set(old);
	return ret;
}

static void zap(void)
{
	struct crew_walk walk = {mm_alloc("zap"), ZAP_ADDR, PMD_SIZE, ZAP_TABLES};
	struct bench_op batch = {"zap", "batch", map_again, unmap};
	struct bench_op nomem = {"zap", "nomem", map_again, unmap_without_memory};

	if (!walk.mm)
		bench_no_memory("zap");
	bench_operation(&batch, &walk, bench_crew());
	bench_operation(&nomem, &walk, bench_crew());
	mm_free(walk.mm);
}

static const struct bench zap_bench = {
	.name = "zap",
	.help = "munmap() through mmu_gather with four PTE tables; also when no batch can be had",
	.min_cpus = 1,
	.pages = HPAGE_PMD_NR,
	.run = zap,
};
BENCH(zap_bench);
