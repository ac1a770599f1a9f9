/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hardware: no CPU's page-table hardware reads a table that is free, and none can still
 * reach, by entries that are gone, a PMD table whose last owner changes it as its own.
 *
 * Shadow: the level of each table frame, and how many mms lead to it; from events only.
 * What a CPU has cached the model knows.
 */
#include <kernel/event.h>
#include <kernel/smp.h>
#include <asm/pgtable_types.h>
#include <model/machine.h>
#include <tests/oracle.h>

#define MAX_PFN 256

static u8 level[MAX_PFN], mms[MAX_PFN];
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

static void reused(const struct event *ev, bool reuse)
{
	unsigned long pfn = PFN_DOWN(ev->a);

	if (ev->c != PT_LEVEL_PMD || !reuse || mms[pfn] != 1)
		return;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (model_stale_path(cpu, pfn))
			oracle_fail(&hardware_oracle, 0, (int)cpu, 0,
				    "CPU%u has cached the way to table %#lx, which CPU%u reuses",
				    cpu, pfn, ev->cpu);
}

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

void hardware_follows(unsigned int cpu, unsigned long pfn, unsigned int lvl)
{
	if (pfn < MAX_PFN && level[pfn] != lvl)
		oracle_fail(&hardware_oracle, 0, (int)cpu, 0,
			    "the page walker of CPU%u reads table %#lx, which is free", cpu, pfn);
}

static const struct oracle hardware_oracle = {
	.name = "hardware",
	.help = "no page walker reads a table that is free, or reused",
};
ORACLE(hardware_oracle);
