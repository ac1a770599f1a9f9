/* SPDX-License-Identifier: GPL-2.0 */
/* perf_get_page_size(), temporary mms, and what the oracles make of a walk within a walk. */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/mmu_context.h>
#include <mm/khugepaged.h>
#include <mm/perf_walk.h>
#include <mm/pt_sync.h>
#include <tests/errand.h>
#include <tests/holders.h>
#include <tests/nmi_walker.h>
#include <tests/oracle.h>
#include <tests/thp.h>

KTEST(perf_walk, sizes)
{
	unsigned long kernel = (unsigned long)&init_mm;
	struct mm_struct *mm = thp_mm("walked");

	KASSERT(t, mm);
	KEXPECT_EQ(t, perf_get_page_size(THP_ADDR), 0); /* no mm */
	KEXPECT(t, perf_get_page_size(kernel));
	kthread_use_mm(mm);
	KEXPECT_EQ(t, perf_get_page_size(0), 0);
	KEXPECT_EQ(t, perf_get_page_size(THP_ADDR + 0x1234), PAGE_SIZE);
	KEXPECT_EQ(t, perf_get_page_size(THP_ADDR - PAGE_SIZE), 0);
	KEXPECT_EQ(t, perf_get_page_size(THP_ADDR + PMD_SIZE), 0);
	KEXPECT_EQ(t, perf_get_page_size(THP_ADDR + PGDIR_SIZE), 0);
	KEXPECT(t, perf_get_page_size(kernel));
	KEXPECT_EQ(t, collapse_huge_page(mm, THP_ADDR), 0);
	KEXPECT_EQ(t, perf_get_page_size(THP_ADDR + 0x1234), PMD_SIZE);
	KEXPECT_EQ(t, mm_munmap(mm, THP_ADDR, PMD_SIZE), 0);
	KEXPECT_EQ(t, perf_get_page_size(THP_ADDR), 0);
	kthread_unuse_mm(mm);
	mm_free(mm);
}

/* What stays, what changes, and what is left of it afterwards. */
KTEST(temp_mm, contract)
{
	struct mm_struct *mm = mm_alloc("user"), *temp = mm_alloc("temporary"), *prev;
	int cpu;

	KASSERT(t, mm && temp);
	kthread_use_mm(mm);
	cpu = get_cpu();
	prev = use_temporary_mm(temp);
	KEXPECT(t, !irqs_disabled());
	KEXPECT(t, prev == mm);
	KEXPECT(t, current->mm == mm);
	KEXPECT(t, tlb_cpu_loaded_mm(cpu) == temp);
	KEXPECT(t, cpumask_test_cpu((unsigned int)cpu, mm_cpumask(temp)));
	unuse_temporary_mm(prev);
	KEXPECT(t, tlb_cpu_loaded_mm(cpu) == mm);
	KEXPECT(t, cpumask_test_cpu((unsigned int)cpu, mm_cpumask(mm)));
	KEXPECT(t, !cpumask_test_cpu((unsigned int)cpu, mm_cpumask(temp)));
	put_cpu();
	kthread_unuse_mm(mm);

	/* A lazily loaded mm is not restored: that would not compare its tlb_gen. */
	get_cpu();
	KEXPECT(t, tlb_cpu_lazy(raw_smp_processor_id()));
	prev = use_temporary_mm(temp);
	KEXPECT(t, prev == &init_mm);
	KEXPECT(t, !tlb_cpu_lazy(raw_smp_processor_id()));
	unuse_temporary_mm(prev);
	KEXPECT(t, tlb_cpu_loaded_mm(raw_smp_processor_id()) == &init_mm);
	put_cpu();
	mm_free(temp);
	mm_free(mm);
}

struct collapse {
	struct mm_struct *mm;
	int ret;
};

static void collapse(void *arg)
{
	struct collapse *c = arg;

	c->ret = collapse_huge_page(c->mm, THP_ADDR);
}

/*
 * A GUP-fast walker stands inside the PTE table; an NMI on its CPU walks the same tables and
 * is done. A sync of that table must still be charged with the outer walk.
 */
KTEST(perf_walk, does_not_hide_the_outer_walk)
{
	const char *backend = flush_backend()->name, *policy = pt_sync_policy()->name;
	struct collapse c;
	struct errand e;
	u64 size;

	if (!CONFIG_HOOKS)
		KSKIP(t, "no CPU can be held up without hooks");
	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs: a walker, a writer and a witness");
	KASSERT(t, !flush_backend_select("invlpgb-nmi") && !pt_sync_policy_select("never"));
	c.mm = thp_mm("walked");
	KASSERT(t, c.mm);
	oracle_reset();
	KEXPECT(t, holder_walk_on(1, c.mm, THP_ADDR, SITE_PTE));
	KEXPECT(t, nmi_walk_ask(1, THP_ADDR));
	while (!nmi_walk_done(1, &size))
		cpu_relax();
	KEXPECT_EQ(t, size, PAGE_SIZE);
	KASSERT(t, errand_start(&e, 2, collapse, &c));
	KEXPECT(t, errand_done_within(&e, SURELY_BACK_NS));
	KEXPECT_EQ(t, c.ret, 0);
	KEXPECT_GT(t, op_counts[0].raced, 0);
	KEXPECT_GT(t, oracle_violations(), 0);
	holders_stop();
	errand_end(&e);
	oracle_reset();
	mm_free(c.mm);
	KEXPECT(t, !flush_backend_select(backend) && !pt_sync_policy_select(policy));
}
