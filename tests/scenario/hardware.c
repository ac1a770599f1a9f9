/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hardware: no CPU's page-table hardware reads a table that is free, and no load or store
 * uses a page that is; and no page walker can still reach, by entries that are gone, a table
 * that is deposited, or a PMD table whose last owner changes it as its own; and no CPU holds
 * translations of two sizes for one address.
 *
 * Shadow: the level of each table frame, how many mms lead to it, and which pages are free;
 * from events only. The model's TLBs are read for what a CPU has cached.
 */
#include <kernel/bug.h>
#include <kernel/event.h>
#include <kernel/memblock.h>
#include <kernel/smp.h>
#include <asm/pgtable_types.h>
#include <model/machine.h>
#include <tests/oracle.h>
#include <tests/scenario.h>

#define MAX_PFN 256

static u8 level[MAX_PFN], mms[MAX_PFN];
static bool page_free[MAX_PFN];
static bool only_freed;
static const struct oracle hardware_oracle;

static void alloc(const struct event *ev)
{
	level[ev->a] = (u8)ev->b;
	mms[ev->a] = 1;
}
OBSERVER(TABLE_ALLOC, alloc);

static void gone(const struct event *ev)
{
	level[ev->a] = 0;
}
OBSERVER(TABLE_FREE, gone);

static void share(const struct event *ev)
{
	mms[ev->a]++;
}
OBSERVER(SHARE, share);

static void withdraw(const struct event *ev)
{
	if (mms[ev->a])
		mms[ev->a]--;
}
OBSERVER(WITHDRAW, withdraw);

static void back(const struct event *ev)
{
	mms[ev->a] = 1;
}
OBSERVER(REPOPULATE, back);

static void must_be_out_of_reach(unsigned int by, unsigned long pfn, const char *hazard)
{
	if (only_freed)
		return;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (model_stale_path(cpu, pfn))
			oracle_fail(&hardware_oracle, 0, (int)cpu, 0, ABOUT_TABLE(pfn),
				    "CPU%u has cached the way to table %#lx, which CPU%u %s", cpu,
				    pfn, by, hazard);
}

static void reused(const struct event *ev, bool reuse)
{
	unsigned long pfn = PFN_DOWN(ev->a);

	if (ev->c == PT_LEVEL_PMD && reuse && mms[pfn] == 1)
		must_be_out_of_reach(ev->cpu, pfn, "reuses");
}

static void deposit(const struct event *ev)
{
	must_be_out_of_reach(ev->cpu, ev->a, "deposits");
}
OBSERVER(DEPOSIT, deposit);

static void set(const struct event *ev)
{
	reused(ev, !(ev->b & _PAGE_PSE));
}
OBSERVER(PT_SET, set);

static void clear(const struct event *ev)
{
	reused(ev, true);
}
OBSERVER(PT_CLEAR, clear);

static void page(const struct event *ev, bool is_free)
{
	for (unsigned long i = 0; i < 1UL << ev->b; i++)
		page_free[ev->a + i] = is_free;
}

static void page_alloc(const struct event *ev)
{
	page(ev, false);
}
OBSERVER(PAGE_ALLOC, page_alloc);

static void page_freed(const struct event *ev)
{
	page(ev, true);
}
OBSERVER(PAGE_FREE, page_freed);

void hardware_uses(unsigned int cpu, unsigned long pfn)
{
	if (page_free[pfn])
		oracle_fail(&hardware_oracle, 0, (int)cpu, 0, ABOUT_PAGE(pfn),
			    "CPU%u uses page %#lx, which is free", cpu, pfn);
}

void hardware_follows(unsigned int cpu, unsigned long pfn, unsigned int lvl)
{
	if (pfn < MAX_PFN && level[pfn] != lvl)
		oracle_fail(&hardware_oracle, 0, (int)cpu, 0, ABOUT_TABLE(pfn),
			    "the page walker of CPU%u reads table %#lx, which is free", cpu, pfn);
}

void hardware_two_sizes(unsigned int cpu, unsigned long va)
{
	oracle_fail(&hardware_oracle, 0, (int)cpu, 0, ABOUT_NOTHING,
		    "CPU%u has cached translations of two sizes for %#lx", cpu, va);
}

void scenario_only_freed_tables(void)
{
	only_freed = true;
}

static void hardware_init(void)
{
	BUG_ON(memblock_end() > PFN_PHYS(MAX_PFN));
}

static const struct oracle hardware_oracle = {
	.name = "hardware",
	.where = ORACLE_MODEL,
	.init = hardware_init,
	.help = "no page walker reaches a table that is free, deposited or reused, no load a free page; no address has translations of two sizes",
};
ORACLE(hardware_oracle);
