/* SPDX-License-Identifier: GPL-2.0 */
/*
 * walks: no table is freed, deposited or reused while a walk that began before it was
 * withdrawn is still inside.
 *
 * Shadow: per CPU the open walk, and the one in an NMI that interrupted it (a sequence number each,
 * odd while open), and the tables that they have read pointers to; per (table, mm) the walks of
 * that mm that were open when the table was withdrawn from it. A walk that has ended never counts
 * again, so a record is settled when none of its sequence numbers is current.
 *
 * The same records measure what a sync is good for: it is *useful* if, when it begins,
 * one of those walks is still open.
 */
#include <kernel/memblock.h>
#include <kernel/string.h>
#include <asm/pgtable_types.h>
#include <mm/page_alloc.h>
#include <tests/oracle.h>

/* Written by the CPU itself, read by all. */
struct cpu_walk {
	u64 seq;
	u64 mm;
	u64 start, end;
	u64 tsc;
	u64 table[PT_LEVEL_PGD]; /* [level]: frame of the table of that level it is inside of */
} __cacheline_aligned;

static struct cpu_walk *walks; /* [nr_walk_slots()] */

/* Slots in use: those of NMIs count only after the first walk in one. */
static bool nmis_walk;

static unsigned int nr_slots(void)
{
	return READ_ONCE(nmis_walk) ? nr_walk_slots() : nr_cpu_ids;
}

struct withdrawal {
	u64 pfn;
	u64 mm;
	u32 task;
	u16 cpu;
	u8 op;
	bool synced;
	u64 tsc;
	u32 *seq; /* [nr_walk_slots()]: the open walk's low bits, 0: none */
};

/* Dense: [0, nr) are in use. Under oracle_lock(). */
#define MAX_WITHDRAWALS 1024
static struct withdrawal withdrawals[MAX_WITHDRAWALS];
static unsigned int nr;

/* How many mms lead to a table, and its level; from events only. */
struct table_shadow {
	u8 level;
	u16 mms;
	u16 records; /* entries of withdrawals[]: mostly 0, and then nothing has to be looked up */
};
static struct table_shadow *tables; /* [max_pfn] */

static const struct oracle walks_oracle;
ORACLE_LOSS(lost, &walks_oracle, "withdrawals", MAX_WITHDRAWALS);

static void walk_begin(const struct event *ev)
{
	struct cpu_walk *w = &walks[walk_slot(ev)];

	if (in_nmi() && !READ_ONCE(nmis_walk))
		WRITE_ONCE(nmis_walk, true);
	w->mm = ev->a;
	w->start = ev->b;
	w->end = ev->b + ev->c * PAGE_SIZE;
	w->tsc = ev->tsc;
	memset(w->table, 0, sizeof(w->table));
	smp_store_release(&w->seq, w->seq + 1);
}
OBSERVER(WALK_BEGIN, walk_begin);

static void walk_end(const struct event *ev)
{
	struct cpu_walk *w = &walks[walk_slot(ev)];

	smp_store_release(&w->seq, w->seq + 1);
}
OBSERVER(WALK_END, walk_end);

static void walk_read(const struct event *ev)
{
	struct cpu_walk *w = &walks[walk_slot(ev)];
	unsigned long e = ev->b;

	if (!(w->seq & 1) || ev->c == PT_LEVEL_PTE || !(e & _PAGE_PRESENT) || e & _PAGE_PSE)
		return;
	WRITE_ONCE(w->table[ev->c - 1], entry_pfn(e));
}
OBSERVER(PT_READ, walk_read);

static bool still_open(const struct withdrawal *wd, unsigned int slot)
{
	return wd->seq[slot] && (u32)smp_load_acquire(&walks[slot].seq) == wd->seq[slot];
}

static unsigned int count_open(const struct withdrawal *wd)
{
	unsigned int n = 0;

	for (unsigned int slot = 0; slot < nr_slots(); slot++)
		n += still_open(wd, slot);
	return n;
}

static void drop(unsigned int i)
{
	struct withdrawal last = withdrawals[nr - 1];

	tables[withdrawals[i].pfn].records--;
	withdrawals[nr - 1] = withdrawals[i]; /* keeps its seq array */
	withdrawals[i] = last;
	nr--;
}

/* The record of (@pfn, @mm), or a new one; a full table drops its oldest: oracle_lost(). */
static struct withdrawal *record_of(u64 pfn, u64 mm)
{
	for (unsigned int i = 0; i < nr; i++)
		if (withdrawals[i].pfn == pfn && withdrawals[i].mm == mm)
			return &withdrawals[i];
	if (nr >= oracle_room(&lost)) {
		oracle_lost(&lost);
		drop(0);
	}
	withdrawals[nr].pfn = pfn;
	withdrawals[nr].mm = mm;
	tables[pfn].records++;
	return &withdrawals[nr++];
}

/* The walks of @mm that are open now and cover some of [addr, addr + size). */
static unsigned int snapshot(u32 *seq, u64 mm, u64 addr, u64 size)
{
	unsigned int n = 0, slots = nr_slots();

	memset(seq, 0, nr_walk_slots() * sizeof(*seq));
	for (unsigned int slot = 0; slot < slots; slot++) {
		const struct cpu_walk *w = &walks[slot];
		u64 s = smp_load_acquire(&w->seq);

		if (!(s & 1) || READ_ONCE(w->mm) != mm || READ_ONCE(w->start) >= addr + size ||
		    READ_ONCE(w->end) <= addr)
			continue;
		seq[slot] = (u32)s;
		n++;
	}
	return n;
}

static void table_withdrawn(const struct event *ev)
{
	static const u64 span[] = {0, PMD_SIZE, PUD_SIZE, PGDIR_SIZE, ~0UL};
	struct table_shadow *t = &tables[ev->a];
	unsigned int op = op_of_task(ev->task), open;
	unsigned long flags = oracle_lock();
	struct withdrawal *wd = record_of(ev->a, ev->b);

	if (t->mms)
		t->mms--;
	open = snapshot(wd->seq, ev->b, ev->c, span[t->level]);
	op_counts[op].withdrawn++;
	op_counts[op].raced += open != 0;
	wd->task = ev->task;
	wd->cpu = ev->cpu;
	wd->op = (u8)op;
	wd->synced = false;
	wd->tsc = ev->tsc;
	/* A PMD table stays in use by its other mms; of others record only those with a walk inside. */
	if (!open && t->level != PT_LEVEL_PMD)
		drop((unsigned int)(wd - withdrawals));
	oracle_unlock(flags);
}
OBSERVER(WITHDRAW, table_withdrawn);

/*
 * @pfn is about to be freed, deposited or reused. A walk that entered it before it was withdrawn,
 * and holds a pointer to it, would read its new contents.
 */
static void must_be_empty(const struct event *ev, u64 pfn, const char *hazard)
{
	unsigned int level = tables[pfn].level;
	unsigned long flags;

	if (!READ_ONCE(tables[pfn].records))
		return;
	flags = oracle_lock();
	for (unsigned int i = nr; i-- > 0;) {
		struct withdrawal *wd = &withdrawals[i];

		if (wd->pfn != pfn)
			continue;
		for (unsigned int slot = 0; slot < nr_slots(); slot++) {
			const struct cpu_walk *w = &walks[slot];
			u64 since = min(w->tsc, wd->tsc);
			unsigned int cpu = slot % nr_cpu_ids;

			/* Not this CPU itself: it is here, not in a walk. */
			if (cpu == ev->cpu || !still_open(wd, slot) ||
			    READ_ONCE(w->table[level]) != pfn || !still_open(wd, slot))
				continue;
			oracle_fail(
				&walks_oracle, wd->op, (int)cpu, since, ABOUT_TABLE(pfn),
				"CPU%u%s is inside table %#llx of mm%llu, withdrawn by CPU%u, while CPU%u %s it",
				cpu, slot == cpu ? "" : ", in an NMI,", (unsigned long long)pfn,
				(unsigned long long)wd->mm, wd->cpu, ev->cpu, hazard);
		}
		drop(i);
	}
	oracle_unlock(flags);
}

static void table_alloc(const struct event *ev)
{
	tables[ev->a].level = (u8)ev->b;
	tables[ev->a].mms = 1;
}
OBSERVER(TABLE_ALLOC, table_alloc);

static void table_share(const struct event *ev)
{
	tables[ev->a].mms++;
}
OBSERVER(SHARE, table_share);

static void table_free(const struct event *ev)
{
	must_be_empty(ev, ev->a, "frees");
	tables[ev->a].level = 0;
}
OBSERVER(TABLE_FREE, table_free);

static void table_deposit(const struct event *ev)
{
	must_be_empty(ev, ev->a, "deposits");
}
OBSERVER(DEPOSIT, table_deposit);

/* Put back unchanged: a walker inside reads the same entries as without the withdrawal. */
static void table_repopulate(const struct event *ev)
{
	unsigned long flags = oracle_lock();

	tables[ev->a].mms = 1;
	for (unsigned int i = nr; i-- > 0;)
		if (withdrawals[i].pfn == ev->a)
			drop(i);
	oracle_unlock(flags);
}
OBSERVER(REPOPULATE, table_repopulate);

/*
 * The last owner of a PMD table that others have left changes it as its own: takes
 * entries out, or hangs PTE tables into it. (That it faults in one more page of the file
 * is no reuse: it may do that at any time.)
 */
static void pmd_reused(const struct event *ev, bool reuse)
{
	u64 pfn = PFN_DOWN(ev->a);

	if (ev->c == PT_LEVEL_PMD && reuse && tables[pfn].mms == 1)
		must_be_empty(ev, pfn, "reuses");
}

static void pmd_set(const struct event *ev)
{
	pmd_reused(ev, !(ev->b & _PAGE_PSE));
}
OBSERVER(PT_SET, pmd_set);

static void pmd_cleared(const struct event *ev)
{
	pmd_reused(ev, true);
}
OBSERVER(PT_CLEAR, pmd_cleared);

/* A PMD table that other mms still use: it is not reused, so nothing waits for its walkers. */
static bool in_use_elsewhere(u64 pfn)
{
	return tables[pfn].level == PT_LEVEL_PMD && tables[pfn].mms > 1;
}

/*
 * Does this sync wait for the walkers of @wd? For those of its own table, and of the other shared
 * tables that its task has withdrawn and not yet synced: one sync does for a batch of them. No
 * sync waits for tables that are only freed.
 */
static bool syncs(const struct event *ev, const struct withdrawal *wd)
{
	return wd->task == ev->task && !wd->synced && (wd->pfn == ev->a || tables[wd->pfn].mms);
}

/* Walks that are open now and were when @pfn was withdrawn, from whichever mm. */
static unsigned int count_walks_inside(u64 pfn)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < nr; i++)
		if (withdrawals[i].pfn == pfn)
			n += count_open(&withdrawals[i]);
	return n;
}

/* A sync begins, or is left out. */
static void sync_begin(const struct event *ev)
{
	unsigned int op = op_of_task(ev->task), cpus = 0;
	unsigned long flags = oracle_lock();

	for (unsigned int i = 0; i < nr; i++) {
		struct withdrawal *wd = &withdrawals[i];

		if (!syncs(ev, wd))
			continue;
		wd->synced = true;
		if (!in_use_elsewhere(wd->pfn))
			cpus += count_walks_inside(wd->pfn);
	}
	op_counts[op].useful += cpus != 0;
	op_counts[op].missed += cpus && ev->c == SYNC_SKIPPED;
	op_counts[op].useful_cpus += cpus;
	oracle_unlock(flags);
}
OBSERVER(SYNC_BEGIN, sync_begin);

static void walks_init(void)
{
	u32 *seqs = memblock_alloc_or_die(MAX_WITHDRAWALS * nr_walk_slots() * sizeof(u32), 64,
					  "walk shadow");

	walks = memblock_alloc_or_die(nr_walk_slots() * sizeof(*walks), 64, "walk shadow");
	tables = memblock_alloc_or_die(PFN_DOWN(memblock_end()) * sizeof(*tables), 64,
				       "table shadow");
	for (unsigned int i = 0; i < MAX_WITHDRAWALS; i++)
		withdrawals[i].seq = seqs + i * nr_walk_slots();
}

static void walks_reset(void)
{
	while (nr)
		drop(nr - 1);
}

static const struct oracle walks_oracle = {
	.name = "walks",
	.help = "no table is freed, deposited or reused with an older walk inside",
	.where = ORACLE_MODEL | ORACLE_METAL,
	.init = walks_init,
	.reset = walks_reset,
};
ORACLE(walks_oracle);
