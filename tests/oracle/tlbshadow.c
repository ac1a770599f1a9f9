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
 * Only tables and only whole flushes so far; INVLPG counts as one, as on Intel, and on AMD
 * without EFER.TCE. Reuse of an unshared table is left out: Linux leaves lazy CPUs alone
 * there, and what that means takes a model of the caches to show.
 */
#include <kernel/memblock.h>
#include <kernel/cpumask.h>
#include <mm/page_alloc.h>
#include <tests/oracle.h>

struct cpu_tlb {
	u64 mm;
	u32 drops;
} __cacheline_aligned;
static struct cpu_tlb *tlbs; /* [nr_cpu_ids]; own CPU writes, all read */

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
	tlbs[ev->cpu].mm = ev->b;
	smp_store_release(&tlbs[ev->cpu].drops, tlbs[ev->cpu].drops + 1);
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
		bool loaded = READ_ONCE(tlbs[cpu].mm) == ev->b;

		c->drops[cpu] = loaded ? smp_load_acquire(&tlbs[cpu].drops) : 0;
		any |= loaded;
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
			if (c->drops[cpu] && smp_load_acquire(&tlbs[cpu].drops) == c->drops[cpu])
				oracle_fail(
					&tlbshadow_oracle, c->op, (int)cpu, c->tsc,
					"CPU%u may have cached the way into table %#llx, withdrawn by CPU%u, while CPU%u %s it",
					cpu, (unsigned long long)ev->a, c->cpu, ev->cpu, what);
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
