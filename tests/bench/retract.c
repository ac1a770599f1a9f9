/* SPDX-License-Identifier: GPL-2.0 */
/* retract: one PTE table of a file is taken out of one mm. Its page is unmapped before. */
#include <kernel/errno.h>
#include <mm/khugepaged.h>
#include <tests/bench.h>

#define RETRACT_ADDR 0x80000000UL

static struct address_space *file;

static int fill_and_unmap(void)
{
	int ret = fault_in(crew_mm(), RETRACT_ADDR, true);

	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, HPAGE_PMD_NR);
	return ret;
}

static int retract_once(void)
{
	int n = retract_page_tables(file, 0);

	up_write(&file->invalidate_lock);
	return n == 1 ? 0 : -EINVAL;
}

static void retract(void)
{
	struct crew_walk walk = {mm_alloc("retract"), RETRACT_ADDR, PAGE_SIZE, 1};
	struct bench_op op = {"retract", "op", fill_and_unmap, retract_once};

	file = mapping_alloc(HPAGE_PMD_NR, PAGE_SHIFT);
	if (!file || !walk.mm ||
	    mm_mmap(walk.mm, RETRACT_ADDR, PMD_SIZE, VM_WRITE | VM_MAYSHARE, file, 0))
		bench_no_memory("retract");
	bench_operation(&op, &walk, bench_crew());
	mm_free(walk.mm);
	mapping_free(file);
}

static const struct bench retract_bench = {
	.name = "retract",
	.help = "retract_page_tables(): withdraw a file's PTE table, free it by RCU",
	.min_cpus = 1,
	.pages = HPAGE_PMD_NR,
	.run = retract,
};
BENCH(retract_bench);
