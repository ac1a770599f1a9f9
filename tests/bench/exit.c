/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exit: of a process that ran on CPU 0 alone and shares one hugetlb PMD table with an mm that is
 * walked on all CPUs. No TLB but this CPU's has anything of it; the table becomes the other's alone.
 */
#include <kernel/errno.h>
#include <tests/bench.h>
#include <tests/sharers.h>

static struct sharers s;
static struct mm_struct *process;

static int be_born(void)
{
	struct mm_struct *mm = crew_mm(); /* which this thread runs */
	int ret;

	process = mm_alloc("process");
	if (!process)
		return -ENOMEM;
	ret = mm_mmap(process, SHARED_ADDR, PUD_SIZE, VM_WRITE | VM_MAYSHARE | VM_HUGETLB, s.file,
		      0);
	ret = ret ?: fault_in(process, SHARED_ADDR, true);
	kthread_unuse_mm(mm);
	kthread_use_mm(process);
	kthread_unuse_mm(process);
	kthread_use_mm(mm);
	return ret;
}

static int leave(void)
{
	mm_free(process);
	return 0;
}

static void measure_exit(void)
{
	struct bench_op op = {"exit", "op", be_born, leave};
	struct crew_walk walk;

	if (!sharers_begin(&s, 1, 1))
		bench_no_memory("exit");
	walk = (struct crew_walk){s.mm[0], SHARED_ADDR, PUD_SIZE, 1};
	bench_operation(&op, &walk, bench_crew());
	sharers_end(&s);
}

static const struct bench exit_bench = {
	.name = "exit",
	.help = "exit of a process of one CPU that shares a PMD table with a process of all",
	.min_cpus = 1,
	.pages = 3 * HPAGE_PMD_NR,
	.run = measure_exit,
};
BENCH(exit_bench);
