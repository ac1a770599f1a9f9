/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bench: what the second IPI costs, against what one bare broadcast costs in the same run.
 *
 * Walkers on every other CPU, all in the mm that is operated on. The rows take turns in short
 * slices, so that a drift of the machine's speed affects all of them alike. Each figure is the
 * median of its slices. Absolute times mean something on hardware and under KVM; on
 * TCG only the ratios within one run do.
 */
#include <kernel/errno.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/setup.h>
#include <mm/gup.h>
#include <mm/huge_mm.h>
#include <mm/hugetlb.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>

#define SLICES	    15
#define SLICE_NS    (150 * NSEC_PER_MSEC)
#define GIB_ADDR    0x4000000000UL
#define ANCHOR_ADDR (GIB_ADDR - PMD_SIZE)
#define THP_ADDR    0x40000000UL

/* The address space that the walkers are in, and its sibling that keeps the table shared. */
static struct mm_struct *walked __read_mostly, *sibling;
static struct address_space *file;
static bool stop_walkers __read_mostly;

static DEFINE_PER_CPU(u64, bench_walks); /* own CPU, task context */

static int __hot bench_walker(void *arg)
{
	unsigned long where = (unsigned long)arg;
	struct page *page;

	kthread_use_mm(walked);
	while (!READ_ONCE(stop_walkers)) {
		/* Half of them where tables are unshared, half where they are collapsed. */
		if (gup_fast_only(where, 1, FOLL_GET, &page))
			gup_put_pages(&page, 1, FOLL_GET);
		this_cpu_inc(bench_walks);
		cpu_relax();
	}
	kthread_unuse_mm(walked);
	return 0;
}

static void __hot empty(void *unused)
{
}

static void __hot reload_cr3(void *unused)
{
	insn_write_cr3(insn_read_cr3());
}

static int do_empty_broadcast(void)
{
	smp_call_function(empty, NULL, true);
	return 0;
}

static int do_cr3_broadcast(void)
{
	smp_call_function(reload_cr3, NULL, true);
	return 0;
}

static int share_again(void)
{
	int ret = mm_mmap(walked, GIB_ADDR, PUD_SIZE, VM_WRITE | VM_MAYSHARE | VM_HUGETLB, file, 0);

	return ret ?: fault_in(walked, GIB_ADDR, true);
}

static int do_unshare(void)
{
	return mm_munmap(walked, GIB_ADDR, PUD_SIZE);
}

static int do_collapse(void)
{
	return collapse_huge_page(walked, THP_ADDR);
}

static int split_again(void)
{
	return mm_split_huge_pmd(walked, THP_ADDR);
}

static int nothing(void)
{
	return 0;
}

enum { EMPTY, CR3, UNSHARE_WITH, UNSHARE_WITHOUT, COLLAPSE_WITH, COLLAPSE_WITHOUT, NR_ROWS };

static const char *candidate = "implied";

static struct row {
	const char *name;
	int (*fn)(void); /* is timed */
	int (*undo)(void); /* is not */
	bool without; /* under the candidate policy, not under broadcast */
	u64 ns_per[SLICES]; /* nanoseconds each */
	u64 median;
} rows[NR_ROWS] = {
	[EMPTY] = {.name = "broadcast, empty handler", .fn = do_empty_broadcast, .undo = nothing},
	[CR3] = {.name = "broadcast, handler reloads CR3", .fn = do_cr3_broadcast, .undo = nothing},
	[UNSHARE_WITH] = {.name = "unshare, with the second IPI",
			  .fn = do_unshare,
			  .undo = share_again},
	[UNSHARE_WITHOUT] = {.name = "unshare, without",
			     .fn = do_unshare,
			     .undo = share_again,
			     .without = true},
	[COLLAPSE_WITH] = {.name = "collapse, with the second IPI",
			   .fn = do_collapse,
			   .undo = split_again},
	[COLLAPSE_WITHOUT] = {.name = "collapse, without",
			      .fn = do_collapse,
			      .undo = split_again,
			      .without = true},
};

static void run_slice(struct row *r, unsigned int slice)
{
	u64 begin = sched_clock(), busy = 0, n = 0;

	BUG_ON(pt_sync_policy_select(r->without ? candidate : "broadcast"));
	while (sched_clock() - begin < SLICE_NS) {
		u64 start = sched_clock();
		int ret = r->fn();

		if (ret == -EAGAIN)
			continue; /* a collapse found a walker's reference: not one that counts */
		busy += sched_clock() - start;
		n++;
		ret = ret ?: r->undo();
		if (ret)
			fatal("bench: %s failed (%d); give it more memory (run.sh: MEM=)", r->name,
			      ret);
	}
	if (!n)
		fatal("bench: %s never succeeded in a slice", r->name);
	r->ns_per[slice] = busy / n;
}

static u64 median(u64 *v, unsigned int n)
{
	for (unsigned int i = 1; i < n; i++)
		for (unsigned int j = i; j && v[j] < v[j - 1]; j--) {
			u64 x = v[j];

			v[j] = v[j - 1];
			v[j - 1] = x;
		}
	return v[n / 2];
}

static void setup(void)
{
	file = mapping_alloc(PTRS_PER_TABLE, PMD_SHIFT);
	walked = mm_alloc("walked");
	sibling = mm_alloc("sibling");
	if (!file || !walked || !sibling ||
	    mm_mmap(sibling, GIB_ADDR, PUD_SIZE, VM_WRITE | VM_MAYSHARE | VM_HUGETLB, file, 0) ||
	    fault_in(sibling, GIB_ADDR, true) || share_again() ||
	    mm_mmap(walked, ANCHOR_ADDR, PAGE_SIZE, VM_WRITE, NULL, 0) ||
	    fault_in(walked, ANCHOR_ADDR, true) ||
	    mm_mmap(walked, THP_ADDR, PMD_SIZE, VM_WRITE, NULL, 0))
		fatal("bench: not enough memory; give it more (run.sh: MEM=)");
	for (unsigned long i = 0; i < HPAGE_PMD_NR; i++)
		if (fault_in(walked, THP_ADDR + i * PAGE_SIZE, true))
			fatal("bench: not enough memory; give it more (run.sh: MEM=)");
}

static struct task_struct *walkers[CONFIG_NR_CPUS];

static void start_walkers(void)
{
	unsigned int cpu;

	for_each_online_cpu (cpu) {
		if (cpu == (unsigned int)raw_smp_processor_id())
			continue;
		walkers[cpu] = kthread_create_bound(
			bench_walker, (void *)(cpu & 1 ? GIB_ADDR : THP_ADDR + cpu * PAGE_SIZE),
			(int)cpu, "walker");
		if (!walkers[cpu])
			fatal("bench: no stack for a walker on CPU%u", cpu);
		wake_up_process(walkers[cpu]);
	}
}

static u64 end_walkers(void)
{
	unsigned int cpu;
	u64 walks = 0;

	WRITE_ONCE(stop_walkers, true);
	for_each_online_cpu (cpu) {
		if (!walkers[cpu])
			continue;
		kthread_stop(walkers[cpu]);
		walks += per_cpu(bench_walks, cpu);
	}
	return walks;
}

/* Percent of @b that @a is. */
static u64 percent(u64 a, u64 b)
{
	return b ? a * 100 / b : 0;
}

static void print_rows(void)
{
	printk("\nshootdown bench: %u CPUs, %s, flush=%s, %s\n", num_online_cpus(),
	       arch_machine_name(), flush_backend()->name,
	       CONFIG_HOOKS ? "debug flavour: use FLAVOUR=bench" : "bench flavour");
	if (!strcmp(arch_machine_name(), "TCG"))
		printk("(emulated: only the ratios within this run mean something)\n");
	printk("%-34s %10s %12s\n", "walkers on all other CPUs", "per second", "us each");
	for (unsigned int i = 0; i < NR_ROWS; i++) {
		u64 ns = rows[i].median;

		printk("%-34s %10llu %8llu.%03llu\n", rows[i].name,
		       (unsigned long long)(NSEC_PER_SEC / ns), (unsigned long long)(ns / 1000),
		       (unsigned long long)(ns % 1000));
	}
}

/* One bar as a KTAP result. Bars are ratios of this run; a rate is only reported. */
static bool bar(unsigned int nr, const char *name, u64 have, u64 want)
{
	bool ok = have >= want;

	printk("%sok %u bench.%s # %llu%%, bar %llu%%\n", ok ? "" : "not ", nr, name,
	       (unsigned long long)have, (unsigned long long)want);
	return ok;
}

static enum exit_status bench(void)
{
	u64 saved, walks;
	bool ok;

	if (num_online_cpus() < 2)
		fatal("run=bench needs at least 2 CPUs (run.sh: SMP=2)");
	setup();
	start_walkers();
	for (unsigned int s = 0; s < SLICES; s++)
		for (unsigned int i = 0; i < NR_ROWS; i++)
			run_slice(&rows[i], s);
	walks = end_walkers();
	for (unsigned int i = 0; i < NR_ROWS; i++)
		rows[i].median = median(rows[i].ns_per, SLICES);
	print_rows();
	printk("walks %llu\n", (unsigned long long)walks);

	saved = rows[UNSHARE_WITH].median -
		min(rows[UNSHARE_WITH].median, rows[UNSHARE_WITHOUT].median);
	printk("KTAP version 1\n1..2\n");
	ok = bar(1, "unshare_rate_of_cr3_broadcast",
		 percent(rows[CR3].median, rows[UNSHARE_WITHOUT].median), 50);
	ok &= bar(2, "saved_per_unshare_of_one_broadcast", percent(saved, rows[EMPTY].median), 80);
	return ok ? EXIT_PASS : EXIT_RED;
}
JOB(bench, "rates with and without the second IPI, against bare broadcasts", bench);

static int set_candidate(const char *value)
{
	const char *old = pt_sync_policy() ? pt_sync_policy()->name : NULL;

	if (pt_sync_policy_select(value))
		return -ENOENT;
	candidate = pt_sync_policy()->name;
	return old ? pt_sync_policy_select(old) : 0;
}
PARAM(candidate, "bench: the policy compared with broadcast (implied)", set_candidate);
