/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tlbshadow: no table is freed or deposited while some CPU's page-table hardware may still
 * have cached an entry that leads to it.
 *
 * Hardware may cache upper-level entries of the loaded mm at any time, also when the CPU is
 * lazy and no code uses the mm (Intel SDM vol. 3A 4.10.3). Shadow: per CPU and ASID the mm
 * whose entries may be kept, and when they were last dropped; per withdrawn table when that was.
 * A CPU that keeps entries of the mm from before the withdrawal may reach the table.
 *
 * If the mm is loaded when the table goes, that is a violation. If another one is, the entries
 * lead nowhere, but must be dropped before their ASID is loaded again.
 *
 *	CPU0					CPU1
 *						switch from A to B; keeps A under ASID 0
 *	withdraw a table of A; flush:
 *	   CPU1 runs B, is not interrupted
 *	free the table
 *						switch to A: CR3 with ASID 0 has to
 *						   be written without NOFLUSH
 *
 * A preempted vCPU counts as one that runs another mm: its host has to flush it. The model of a
 * host has events for preemption and resumption. KVM has none: there the oracle relies on the
 * contract of pv_defer_flush(), that such a vCPU executes nothing before its TLB is flushed.
 *
 * Only tables and only whole flushes so far. A table withdrawn between a flush and its event may
 * count as withdrawn before the flush: so this may miss violations, but reports no false ones. The reuse of
 * an unshared table is tlbshadow_reuse.c's; what a CPU keeps, and what drops it, is in
 * tlbshadow_kept.c.
 */
#include <kernel/cpumask.h>
#include <kernel/memblock.h>
#include <mm/page_alloc.h>
#include <tests/oracle.h>
#include <tests/tlbshadow.h>

struct withdrawal {
	u64 pfn, mm, tsc;
	u64 when; /* tlbshadow_now() */
	u16 cpu;
	u8 op;
};
#define MAX_CACHED 16384 /* mostly tables that wait for a grace period */
static struct withdrawal cached[MAX_CACHED]; /* dense: [0, nr); under oracle_lock() */
static unsigned int nr;
static u16 *record; /* [pfn]: its index in cached[] + 1, or 0 */

ORACLE_LOSS(lost, &tlbshadow_oracle, "withdrawn tables", MAX_CACHED);

static void forget(unsigned int i)
{
	record[cached[i].pfn] = 0;
	cached[i] = cached[--nr];
	if (i < nr)
		record[cached[i].pfn] = (u16)(i + 1);
}

static void forget_table(u64 pfn)
{
	if (record[pfn])
		forget(record[pfn] - 1U);
}

static void tlb_withdrawn(const struct event *ev)
{
	unsigned long flags = oracle_lock();

	forget_table(ev->a); /* a shared table, withdrawn from one mm after the other */
	if (tlbshadow_kept(ev->b)) {
		if (nr >= oracle_room(&lost)) {
			oracle_lost(&lost);
			forget(0);
		}
		cached[nr++] = (struct withdrawal){
			.pfn = ev->a,
			.mm = ev->b,
			.tsc = ev->tsc,
			.when = tlbshadow_now(),
			.cpu = ev->cpu,
			.op = (u8)op_of_task(ev->task),
		};
		record[ev->a] = (u16)nr;
	}
	oracle_unlock(flags);
}
OBSERVER(WITHDRAW, tlb_withdrawn);

/* Under oracle_lock(). */
static void must_have_dropped(const struct event *ev, const struct withdrawal *w, const char *what)
{
	const struct table_gone gone = {.pfn = w->pfn, .tsc = w->tsc, .op = w->op};

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (tlbshadow_knows(cpu, w->mm, w->when))
			oracle_fail(
				&tlbshadow_oracle, w->op, (int)cpu, w->tsc, ABOUT_TABLE(w->pfn),
				"CPU%u may have cached the way into table %#llx, withdrawn by CPU%u, while CPU%u %s it",
				cpu, (unsigned long long)w->pfn, w->cpu, ev->cpu, what);
		else
			tlbshadow_owes(cpu, w->mm, w->when, &gone);
	}
}

static void must_be_forgotten(const struct event *ev, const char *what)
{
	unsigned long flags;

	if (!READ_ONCE(record[ev->a]))
		return;
	flags = oracle_lock();
	if (record[ev->a]) {
		must_have_dropped(ev, &cached[record[ev->a] - 1U], what);
		forget_table(ev->a);
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

	forget_table(ev->a);
	oracle_unlock(flags);
}
OBSERVER(REPOPULATE, tlb_repopulate);

static void tlbshadow_init(void)
{
	tlbshadow_kept_init();
	record =
		memblock_alloc_or_die(PFN_DOWN(memblock_end()) * sizeof(*record), 64, "TLB shadow");
}

const struct oracle tlbshadow_oracle = {
	.name = "tlbshadow",
	.help = "no table goes while a CPU may have cached the way into it",
	.where = ORACLE_METAL,
	.replaces = "hardware", /* its TLBs cannot be read */
	.init = tlbshadow_init,
};
ORACLE(tlbshadow_oracle);
