/* SPDX-License-Identifier: GPL-2.0 */
/*
 * storm: many processes share four hugetlb PMD tables with their parent, have touched a page in
 * each, and all exit at once: the published reproducer's shape. A sample is the time from the
 * first exit to the last.
 *
 *	per-table	a broadcast for every table of every process that exits, as since
 *			1013af4f585f ("mm/hugetlb: fix huge_pmd_unshare() vs GUP-fast race")
 *	gather		one sync a gather, if it made a table some mm's alone: by policy
 *
 * In one family all processes have one parent: only the last of them that exits makes tables the
 * parent's alone. In many families each process has a parent of its own, so each of them does. The
 * parents stay, so that every table is shared when a process exits.
 */
#include <kernel/completion.h>
#include <kernel/errno.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <asm/uaccess.h>
#include <tests/bench.h>
#include <tests/sharers.h>

#define TABLES	    4UL
#define MAX_PER_CPU 4U

/* One on each CPU: it is all of its CPU's processes, one after the other. */
static struct worker {
	struct task_struct *task;
	struct mm_struct *mm[MAX_PER_CPU];
	unsigned int round; /* of those that were ordered, the last that it has done */
	struct task_acct acct; /* of its last round */
} workers[CONFIG_NR_CPUS];

static struct sharers parents[CONFIG_NR_CPUS]; /* one of each family */
static unsigned int families; /* one, or as many as CPUs */
static unsigned int per_cpu_processes;
static unsigned int ordered; /* odd: be born, even: exit */
static bool sync_each_table;
static atomic_t at_work;
static int error; /* of a worker, or 0 */
static struct completion all_done;

static struct mm_struct *be_born(struct address_space *file)
{
	struct mm_struct *mm = mm_alloc("process");
	int ret = -ENOMEM;

	if (mm)
		ret = mm_mmap(mm, SHARED_ADDR, TABLES * PUD_SIZE,
			      VM_WRITE | VM_MAYSHARE | VM_HUGETLB, file, 0);
	for (unsigned long gib = 0; gib < TABLES && !ret; gib++)
		ret = fault_in(mm, SHARED_ADDR + gib * PUD_SIZE, true);
	if (ret) {
		WRITE_ONCE(error, ret);
		return mm;
	}
	kthread_use_mm(mm);
	for (unsigned long gib = 0; gib < TABLES; gib++)
		if (put_user_u64(gib, SHARED_ADDR + gib * PUD_SIZE))
			WRITE_ONCE(error, -EFAULT);
	kthread_unuse_mm(mm);
	return mm;
}

static void sync_one(void)
{
	current->acct.sync_ipis += tlb_remove_table_sync_one();
}

static void exit_process(struct mm_struct *mm)
{
	/* Before rather than between the unsharings, but as many of them. */
	for (unsigned long gib = 0; gib < TABLES && sync_each_table; gib++)
		sync_one();
	if (mm)
		mm_free(mm);
}

static void do_round(struct worker *w)
{
	unsigned int family = families > 1 ? (unsigned int)raw_smp_processor_id() : 0;
	struct task_acct before = current->acct;

	for (unsigned int i = 0; i < per_cpu_processes; i++) {
		if (w->round & 1)
			w->mm[i] = be_born(parents[family].file);
		else
			exit_process(w->mm[i]);
	}
	w->acct.flush_ipis = current->acct.flush_ipis - before.flush_ipis;
	w->acct.sync_ipis = current->acct.sync_ipis - before.sync_ipis;
}

static int worker(void *arg)
{
	struct worker *w = arg;

	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (kthread_should_stop())
			break;
		if (READ_ONCE(ordered) == w->round) {
			schedule();
			continue;
		}
		set_current_state(TASK_RUNNING);
		w->round++;
		do_round(w);
		if (atomic_dec_and_test(&at_work)) /* full barrier: what it counted is seen */
			complete(&all_done);
	}
	set_current_state(TASK_RUNNING);
	return 0;
}

static int round_of_all(void)
{
	unsigned int cpu;

	atomic_set(&at_work, (int)num_online_cpus());
	WRITE_ONCE(ordered, ordered + 1);
	for_each_online_cpu (cpu)
		wake_up_process(workers[cpu].task);
	wait_for_completion(&all_done);
	return READ_ONCE(error);
}

static int birth(void)
{
	return round_of_all();
}

static int all_exit(void)
{
	int ret = round_of_all();
	unsigned int cpu;

	for_each_online_cpu (cpu) {
		current->acct.flush_ipis += workers[cpu].acct.flush_ipis;
		current->acct.sync_ipis += workers[cpu].acct.sync_ipis;
	}
	return ret;
}

/* The policy is rcu: the gather leaves its sync out, and each table gets one instead. */
static int all_exit_per_table(void)
{
	int ret;

	sync_each_table = true;
	ret = all_exit();
	sync_each_table = false;
	return ret;
}

static unsigned int processes(void)
{
	return per_cpu_processes * num_online_cpus();
}

static void json_processes(const struct contestant *c)
{
	printk(", \"processes\": %u, \"families\": %u, \"tables\": %lu", processes(), families,
	       TABLES);
}

static void print_ratios(const struct measured *m)
{
	u64 slowest = stats_quantile(m->c[0].ticks, m->c[0].n, 500);

	printk("per-table takes as many times as long as\n");
	for (unsigned int i = 1; i < m->nr; i++) {
		u64 one = stats_quantile(m->c[i].ticks, m->c[i].n, 500);
		u64 centi = slowest * 100 / max(one, 1ULL);

		printk(" %-9s %-14s%7llu.%02llu\n", m->c[i].variant, m->c[i].policy,
		       (unsigned long long)(centi / 100), (unsigned long long)(centi % 100));
	}
}

static void measure(unsigned int per_cpu)
{
	static struct measured m;
	char note[64];

	per_cpu_processes = per_cpu;
	snprintf(note, sizeof(note), "%u processes exit; %lu tables, families: %u", processes(),
		 TABLES, families);
	m = (struct measured){.bench = "storm", .note = note, .mask = 1, .more = json_processes};
	bench_add(&m, &(struct contestant){.variant = "per-table",
					   .policy = "rcu",
					   .label = "broadcast",
					   .prepare = birth,
					   .op = all_exit_per_table});
	bench_add_policies(
		&m, &(struct contestant){.variant = "gather", .prepare = birth, .op = all_exit});
	bench_measure(&m);
	print_ratios(&m);
}

static void begin_families(unsigned int nr)
{
	families = nr;
	for (unsigned int i = 0; i < nr; i++)
		if (!sharers_begin(&parents[i], 1, TABLES))
			bench_no_memory("storm");
}

static void end_families(void)
{
	for (unsigned int i = 0; i < families; i++)
		sharers_end(&parents[i]);
}

static void start_workers(void)
{
	unsigned int cpu;

	init_completion(&all_done);
	for_each_online_cpu (cpu) {
		struct worker *w = &workers[cpu];

		w->round = ordered;
		w->task = kthread_create_bound(worker, w, (int)cpu, "worker");
		if (!w->task)
			bench_no_memory("storm");
	}
}

static void stop_workers(void)
{
	unsigned int cpu;

	for_each_online_cpu (cpu)
		kthread_stop(workers[cpu].task);
}

static void storm(void)
{
	unsigned long need = (num_online_cpus() + 2) * TABLES * HPAGE_PMD_NR;

	start_workers();
	begin_families(1);
	measure(1);
	measure(MAX_PER_CPU);
	end_families();
	if (nr_free_pages() >= need) {
		begin_families(num_online_cpus());
		measure(1);
		end_families();
	} else {
		printk("\nstorm in %u families: left out, it needs MEM=%lu\n", num_online_cpus(),
		       need * PAGE_SIZE / 1048576 + 128);
	}
	stop_workers();
}

static const struct bench storm_bench = {
	.name = "storm",
	.help = "many processes share PMD tables, touch pages and exit at once",
	.min_cpus = 1,
	.pages = (TABLES + 2) * HPAGE_PMD_NR,
	.run = storm,
};
BENCH(storm_bench);
