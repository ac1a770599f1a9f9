/* SPDX-License-Identifier: GPL-2.0 */
/* The references, and an operation under every policy: what most measurements are. */
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/smp.h>
#include <tests/bench.h>

static unsigned int crew_cpus; /* 0: all */

unsigned int bench_crew(void)
{
	return crew_cpus ? min(crew_cpus, num_online_cpus()) : num_online_cpus();
}

static void __hot nothing(void *unused)
{
}

/* Counted as syncs: it is what a sync costs at least, and as many interrupts. */
static int do_ipi(void)
{
	current->acct.sync_ipis += smp_call_function(nothing, NULL, true);
	return 0;
}

static void __hot reload_cr3(void *unused)
{
	insn_write_cr3(insn_read_cr3());
}

static int do_cr3(void)
{
	current->acct.sync_ipis += smp_call_function(reload_cr3, NULL, true);
	return 0;
}

/* The page is the last one of user memory. Nothing is there, and nothing was changed. */
static int do_flush(void)
{
	flush_tlb_mm_range(crew_mm(), TASK_SIZE - PAGE_SIZE, TASK_SIZE, PAGE_SHIFT, false);
	return 0;
}

void bench_add_references(struct measured *m)
{
	bench_add(m, &(struct contestant){.variant = "ipi", .op = do_ipi});
	bench_add(m, &(struct contestant){.variant = "cr3", .op = do_cr3});
	bench_add(m, &(struct contestant){.variant = "flush", .op = do_flush});
}

void bench_add_policies(struct measured *m, const struct contestant *c)
{
	const char *name;

	for (unsigned int i = 0; (name = bench_policy(i)); i++)
		bench_add(m, c)->policy = name;
}

void bench_operation(const struct bench_op *op, const struct crew_walk *walk, unsigned int mask)
{
	static struct measured m;

	m = (struct measured){.bench = op->bench, .mask = mask};
	crew_start(walk, mask);
	bench_add_references(&m);
	bench_add_policies(&m, &(struct contestant){
				       .variant = op->variant,
				       .prepare = op->prepare,
				       .op = op->op,
			       });
	bench_measure(&m);
	crew_stop();
}

static int set_crew(const char *value)
{
	u64 n;

	if (parse_u64(value, &n) || !n || n > CONFIG_NR_CPUS)
		return -EINVAL;
	crew_cpus = (unsigned int)n;
	return 0;
}
PARAM(crew, "bench: how many CPUs run the mm of an operation, from 1 (all)", set_crew);
