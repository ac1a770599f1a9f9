/* SPDX-License-Identifier: GPL-2.0 */
/* The CPUs that run the mm which is operated on, and walk it all the time. See <tests/bench.h>. */
#include <kernel/smp.h>
#include <mm/gup.h>
#include <tests/bench.h>

static struct crew_walk where;
static struct task_struct *walkers[CONFIG_NR_CPUS];
static void (*todo)(unsigned long addr);
static bool stop __read_mostly;

static DEFINE_PER_CPU(u64, walks); /* own CPU, task context; all read */

void __hot crew_gup(unsigned long addr)
{
	struct page *page;

	if (gup_fast_only(addr, 1, FOLL_GET, &page))
		gup_put_pages(&page, 1, FOLL_GET);
}

static int __hot walker(void *arg)
{
	unsigned long addr = where.addr + (unsigned long)arg % where.nr * where.stride;

	kthread_use_mm(where.mm);
	while (!READ_ONCE(stop)) {
		READ_ONCE(todo)(addr);
		this_cpu_inc(walks);
		cpu_relax();
	}
	kthread_unuse_mm(where.mm);
	return 0;
}

u64 crew_walks(void)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_online_cpu (cpu)
		sum += READ_ONCE(per_cpu(walks, cpu));
	return sum;
}

void crew_do(void (*walk)(unsigned long addr))
{
	WRITE_ONCE(todo, walk ?: crew_gup);
}

struct mm_struct *crew_mm(void)
{
	return where.mm;
}

void crew_start(const struct crew_walk *walk, unsigned int mask)
{
	where = *walk;
	crew_do(NULL);
	WRITE_ONCE(stop, false);
	kthread_use_mm(where.mm);
	for (unsigned long cpu = 1; cpu < mask; cpu++) {
		u64 before = READ_ONCE(per_cpu(walks, cpu));

		walkers[cpu] = kthread_create_bound(walker, (void *)cpu, (int)cpu, "walker");
		if (!walkers[cpu])
			bench_no_memory("walker");
		wake_up_process(walkers[cpu]);
		while (READ_ONCE(per_cpu(walks, cpu)) == before)
			cpu_relax();
	}
}

void crew_stop(void)
{
	WRITE_ONCE(stop, true);
	for (unsigned int cpu = 1; cpu < nr_cpu_ids; cpu++) {
		if (!walkers[cpu])
			continue;
		kthread_stop(walkers[cpu]);
		walkers[cpu] = NULL;
	}
	kthread_unuse_mm(where.mm);
}
