/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tlbshadow: no table is freed or deposited while some CPU's page-table hardware may still
 * know the way into it.
 *
 * Hardware may cache upper-level entries of the loaded mm at any time, also when the CPU is
 * lazy and no one uses the mm (Intel SDM vol. 3A 4.10.3). Shadow: per CPU the mm that is
 * loaded, and how often the CPU has dropped everything; per withdrawn table the CPUs that
 * had the mm loaded then, each with its count. Whose count is still the same when the table
 * goes may walk into it.
 *
 * INVLPGB drops what others have without their doing anything: once TLBSYNC has waited for
 * it, all CPUs that have the mm loaded under the ASID that it named. A table that was withdrawn
 * in between may be taken for one before it, so this may miss something, and accuses nobody.
 *
 * A preempted vCPU walks nowhere. What it may still know when the table goes, its host has to
 * make it forget before it runs on. The model of a host says when it preempts and resumes, and is
 * judged by that. KVM does not say: there pv_defer_flush() is believed, by which a vCPU that was
 * left out executes nothing before its whole TLB is flushed.
 *
 * Only tables and only whole flushes so far; INVLPG counts as one, as on Intel, and on AMD
 * without EFER.TCE. The reuse of an unshared table is tlbshadow_reuse.c's.
 */
#include <kernel/memblock.h>
#include <kernel/cpumask.h>
#include <asm/pv_model.h>
#include <mm/page_alloc.h>
#include <tests/oracle.h>
#include <tests/tlbshadow.h>

struct cpu_tlb {
	u64 loaded; /* ctx_id << 16 | ASID */
	u32 drops;
	u32 swept; /* drops by INVLPGB, or by a host; whoever asked for it writes, atomically */
	bool preempted;
	/* The first table that went while it was preempted; under oracle_lock(). 0: none */
	u64 gone_pfn, gone_tsc;
	u8 gone_op;
} __cacheline_aligned;
static struct cpu_tlb *tlbs; /* [nr_cpu_ids]; own CPU writes, all read; but for gone_...: */

struct cached {
	u64 pfn, tsc;
	u16 cpu;
	u8 op;
	u32 *drops; /* [nr_cpu_ids], 0: did not have the mm loaded */
};
#define MAX_CACHED 1024
static struct cached cached[MAX_CACHED]; /* dense: [0, nr); under oracle_lock() */
static unsigned int nr;
static u8 *recorded; /* [pfn] */

static const struct oracle tlbshadow_oracle;

static void tlb_switch(const struct event *ev)
{
	struct cpu_tlb *t = &tlbs[ev->cpu];

	/*
	 * Before and after: what others note of us in between, by what was loaded, is void, and
	 * so is what they noted earlier, should they now find something else loaded.
	 */
	smp_store_release(&t->drops, t->drops + 1);
	smp_store_release(&t->loaded, ev->b << 16 | (u16)((ev->c & 0xfff) - 1));
	smp_store_release(&t->drops, t->drops + 1);
}
OBSERVER(SWITCH_MM, tlb_switch);

static void tlb_flushed(const struct event *ev)
{
	enum { NONE, PART, FULL };

	if (ev->c == PART || ev->c == FULL)
		smp_store_release(&tlbs[ev->cpu].drops, tlbs[ev->cpu].drops + 1);
}
OBSERVER(FLUSH_FUNC, tlb_flushed);

static void tlb_nmi(const struct event *ev)
{
	smp_store_release(&tlbs[ev->cpu].drops, tlbs[ev->cpu].drops + 1);
}
OBSERVER(NMI_FLUSH, tlb_nmi);

static void tlb_broadcast(const struct event *ev)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (smp_load_acquire(&tlbs[cpu].loaded) == (ev->a << 16 | ev->c))
			__atomic_add_fetch(&tlbs[cpu].swept, 1, __ATOMIC_SEQ_CST);
}
OBSERVER(TLBSYNC, tlb_broadcast);

/* How often the CPU has dropped what it had; never 0. */
static u32 drops_of(unsigned int cpu)
{
	return smp_load_acquire(&tlbs[cpu].drops) + READ_ONCE(tlbs[cpu].swept);
}

static void tlb_vcpu_preempted(const struct event *ev)
{
	smp_store_release(&tlbs[ev->cpu].preempted, true);
}
OBSERVER(VCPU_PREEMPT, tlb_vcpu_preempted);

static void tlb_vcpu_resumes(const struct event *ev)
{
	struct cpu_tlb *t = &tlbs[ev->cpu];
	unsigned long flags = oracle_lock();

	t->preempted = false;
	if (ev->a)
		smp_store_release(&t->drops, t->drops + 1);
	else if (t->gone_pfn)
		oracle_fail(
			&tlbshadow_oracle, t->gone_op, NO_CPU, t->gone_tsc,
			"vCPU%u runs on, not flushed; it may have cached the way into table %#llx, which went meanwhile",
			ev->cpu, (unsigned long long)t->gone_pfn);
	t->gone_pfn = 0;
	oracle_unlock(flags);
}
OBSERVER(VCPU_RESUME, tlb_vcpu_resumes);

/* As with TLBSYNC: a moment late, it may miss a table that was withdrawn meanwhile. */
static void tlb_vcpu_left_out(const struct event *ev)
{
	if (!pv_model_on())
		__atomic_add_fetch(&tlbs[ev->a].swept, 1, __ATOMIC_SEQ_CST);
}
OBSERVER(VCPU_LEFT_OUT, tlb_vcpu_left_out);

u32 tlbshadow_may_cache(unsigned int cpu, u64 mm)
{
	return smp_load_acquire(&tlbs[cpu].loaded) >> 16 == mm ? drops_of(cpu) : 0;
}

bool tlbshadow_knows(unsigned int cpu, u32 stamp)
{
	return stamp && drops_of(cpu) == stamp && !READ_ONCE(tlbs[cpu].preempted);
}

static void drop(unsigned int i)
{
	struct cached last = cached[nr - 1];

	recorded[cached[i].pfn] = 0;
	cached[nr - 1] = cached[i]; /* keeps its array */
	cached[i] = last;
	nr--;
}

static void tlb_withdrawn(const struct event *ev)
{
	unsigned long flags = oracle_lock();
	struct cached *c;
	bool any = false;

	for (unsigned int i = nr; i-- > 0;)
		if (cached[i].pfn == ev->a)
			drop(i); /* a shared table, withdrawn from one mm after the other */
	if (nr == MAX_CACHED)
		drop(0);
	c = &cached[nr];
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		c->drops[cpu] = tlbshadow_may_cache(cpu, ev->b);
		any |= c->drops[cpu] != 0;
	}
	if (any) {
		c->pfn = ev->a;
		c->tsc = ev->tsc;
		c->cpu = ev->cpu;
		c->op = (u8)op_of_task(ev->task);
		recorded[ev->a] = 1;
		nr++;
	}
	oracle_unlock(flags);
}
OBSERVER(WITHDRAW, tlb_withdrawn);

/* @cpu may still know the way into the table of @c, which goes. Under oracle_lock(). */
static void may_know(const struct event *ev, const struct cached *c, unsigned int cpu,
		     const char *what)
{
	struct cpu_tlb *t = &tlbs[cpu];

	if (t->preempted) {
		if (!t->gone_pfn) {
			t->gone_pfn = ev->a;
			t->gone_tsc = c->tsc;
			t->gone_op = c->op;
		}
		return;
	}
	oracle_fail(
		&tlbshadow_oracle, c->op, (int)cpu, c->tsc,
		"CPU%u may have cached the way into table %#llx, withdrawn by CPU%u, while CPU%u %s it",
		cpu, (unsigned long long)ev->a, c->cpu, ev->cpu, what);
}

static void must_be_forgotten(const struct event *ev, const char *what)
{
	unsigned long flags;

	if (!READ_ONCE(recorded[ev->a]))
		return;
	flags = oracle_lock();
	for (unsigned int i = nr; i-- > 0;) {
		struct cached *c = &cached[i];

		if (c->pfn != ev->a)
			continue;
		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
			if (c->drops[cpu] && drops_of(cpu) == c->drops[cpu])
				may_know(ev, c, cpu, what);
		drop(i);
	}
	oracle_unlock(flags);
}

static void tlb_table_free(const struct event *ev)
{
	must_be_forgotten(ev, "frees");
}
OBSERVER(TABLE_FREE, tlb_table_free);

static void tlb_deposit(const struct event *ev)
{
	must_be_forgotten(ev, "deposits");
}
OBSERVER(DEPOSIT, tlb_deposit);

static void tlb_repopulate(const struct event *ev)
{
	unsigned long flags = oracle_lock();

	for (unsigned int i = nr; i-- > 0;)
		if (cached[i].pfn == ev->a)
			drop(i);
	oracle_unlock(flags);
}
OBSERVER(REPOPULATE, tlb_repopulate);

static void tlbshadow_init(void)
{
	u32 *drops = memblock_alloc(MAX_CACHED * nr_cpu_ids * sizeof(u32), 64, "TLB shadow");

	tlbs = memblock_alloc(nr_cpu_ids * sizeof(*tlbs), 64, "TLB shadow");
	recorded = memblock_alloc(PFN_DOWN(memblock_end()), 64, "TLB shadow");
	for (unsigned int i = 0; i < MAX_CACHED; i++)
		cached[i].drops = drops + i * nr_cpu_ids;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		tlbs[cpu].drops = 1;
}

static const struct oracle tlbshadow_oracle = {
	.name = "tlbshadow",
	.help = "no table goes while a CPU may have cached the way into it",
	.init = tlbshadow_init,
};
ORACLE(tlbshadow_oracle);
