/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unshare: of two mms that share hugetlb PMD tables one gives them up, so each table becomes
 * the other's alone and the sync is due. By a munmap() of all that is shared, one table or
 * several in one gather; and by one of 2 MiB, which splits the VMA, and with it the sharing.
 */
#include <tests/bench.h>
#include <tests/sharers.h>

#define BATCH 4UL

static struct sharers s;

static int share_again(void)
{
	struct mm_struct *mm = s.mm[1];
	int ret = mm_munmap(mm, SHARED_ADDR, s.gib * PUD_SIZE);

	ret = ret
		      ?: mm_mmap(mm, SHARED_ADDR, s.gib * PUD_SIZE,
				 VM_WRITE | VM_MAYSHARE | VM_HUGETLB, s.file, 0);
	for (unsigned long gib = 0; gib < s.gib && !ret; gib++)
		ret = fault_in(mm, SHARED_ADDR + gib * PUD_SIZE, true);
	return ret;
}

static int unmap_all(void)
{
	return mm_munmap(s.mm[1], SHARED_ADDR, s.gib * PUD_SIZE);
}

static int unmap_part(void)
{
	return mm_munmap(s.mm[1], SHARED_ADDR, PMD_SIZE);
}

void unshare_begin(unsigned long gib, struct crew_walk *walk)
{
	if (!sharers_begin(&s, 2, gib))
		bench_no_memory("unshare");
	*walk = (struct crew_walk){s.mm[1], SHARED_ADDR, PUD_SIZE, (unsigned int)gib};
}

void unshare_end(void)
{
	sharers_end(&s);
}

const struct bench_op unshare_one = {"unshare", "one", share_again, unmap_all};
static const struct bench_op unshare_split = {"unshare", "split", share_again, unmap_part};
static const struct bench_op unshare_batch = {"unshare", "batch", share_again, unmap_all};

static void measure_gib(const struct bench_op *op, unsigned long gib)
{
	struct crew_walk walk;

	unshare_begin(gib, &walk);
	bench_operation(op, &walk, bench_crew());
	unshare_end();
}

static void unshare(void)
{
	measure_gib(&unshare_one, 1);
	measure_gib(&unshare_split, 1);
	measure_gib(&unshare_batch, BATCH);
}

static const struct bench unshare_bench = {
	.name = "unshare",
	.help = "munmap() of hugetlb whose PMD tables were shared with one other mm",
	.min_cpus = 1,
	.pages = (BATCH + 1) * HPAGE_PMD_NR,
	.run = unshare,
};
BENCH(unshare_bench);
