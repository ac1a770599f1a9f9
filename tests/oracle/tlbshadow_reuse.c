/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tlbshadow-reuse: no PMD table that mms have shared is changed by its last owner as its
 * own, or freed, while some CPU may have cached an entry that leads to it, of an mm that has
 * unshared it.
 *
 * Linux 7.3 leaves lazy CPUs alone when it unshares (unshare=skip-lazy). Their page-table
 * hardware may keep the upper-level entries of the mm they hold, and follow them
 * speculatively (Intel SDM vol. 3A 4.10.3) into a table that another mm now changes. The last
 * owner's flush is not for these CPUs, so they may also follow them into the frame after it was
 * freed. This oracle is red for what Linux does, so it judges on request only.
 *
 * Shadow: how many mms map each table; per (table, mm that has unshared it) the CPUs that
 * may have cached entries that lead to it. tlbshadow.c knows whether they have dropped them.
 */
#include <kernel/cpumask.h>
#include <kernel/memblock.h>
#include <asm/pgtable_types.h>
#include <mm/page_alloc.h>
#include <tests/oracle.h>
#include <tests/tlbshadow.h>

struct unshared {
	u64 pfn, mm, tsc;
	u16 cpu;
	u8 op;
	u64 when; /* tlbshadow_now() */
};
#define MAX_UNSHARED 512
static struct unshared unshared[MAX_UNSHARED]; /* dense: [0, nr); under oracle_lock() */
static unsigned int nr;

struct frame {
	u16 mms; /* that map the PMD table in it */
	u16 records; /* entries of unshared[] */
};
static struct frame *frames; /* [pfn] */

static const struct oracle reuse_oracle;
ORACLE_LOSS(lost, &reuse_oracle, "unshared tables", MAX_UNSHARED);

static void drop(unsigned int i)
{
	frames[unshared[i].pfn].records--;
	unshared[i] = unshared[--nr];
}

static void reuse_table_alloc(const struct event *ev)
{
	frames[ev->a].mms = ev->b == PT_LEVEL_PMD;
}
OBSERVER(TABLE_ALLOC, reuse_table_alloc);

static void reuse_share(const struct event *ev)
{
	frames[ev->a].mms++;
}
OBSERVER(SHARE, reuse_share);

static void reuse_withdrawn(const struct event *ev)
{
	unsigned long flags;

	/* Not a PMD table, or its last mm gives it up: tlbshadow judges that. */
	if (!frames[ev->a].mms || !--frames[ev->a].mms)
		return;
	flags = oracle_lock();
	/* The mm has had it before: what a CPU cached then, it may still have now. */
	for (unsigned int i = nr; i-- > 0;)
		if (unshared[i].pfn == ev->a && unshared[i].mm == ev->b)
			drop(i);
	if (tlbshadow_kept(ev->b)) {
		if (nr >= oracle_room(&lost)) {
			oracle_lost(&lost);
			drop(0);
		}
		unshared[nr++] = (struct unshared){
			.pfn = ev->a,
			.mm = ev->b,
			.tsc = ev->tsc,
			.when = tlbshadow_now(),
			.cpu = ev->cpu,
			.op = (u8)op_of_task(ev->task),
		};
		frames[ev->a].records++;
	}
	oracle_unlock(flags);
}
OBSERVER(WITHDRAW, reuse_withdrawn);

static void must_be_unknown(const struct event *ev, u64 pfn, const char *what)
{
	unsigned long flags;

	if (!READ_ONCE(frames[pfn].records))
		return;
	flags = oracle_lock();
	for (unsigned int i = nr; i-- > 0;) {
		struct unshared *u = &unshared[i];

		if (u->pfn != pfn)
			continue;
		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
			if (tlbshadow_knows(cpu, u->mm, u->when))
				oracle_fail(
					&reuse_oracle, u->op, (int)cpu, u->tsc, ABOUT_TABLE(pfn),
					"CPU%u may have cached the way into table %#llx of mm%llu, unshared by CPU%u, while CPU%u %s it",
					cpu, (unsigned long long)pfn, (unsigned long long)u->mm,
					u->cpu, ev->cpu, what);
		drop(i);
	}
	oracle_unlock(flags);
}

static void reuse_table_free(const struct event *ev)
{
	must_be_unknown(ev, ev->a, "frees");
	frames[ev->a].mms = 0;
}
OBSERVER(TABLE_FREE, reuse_table_free);

/* The last owner takes an entry out, or hangs a table of its own into it. */
static void pmd_changed(const struct event *ev, bool reuse)
{
	if (ev->c == PT_LEVEL_PMD && reuse && frames[PFN_DOWN(ev->a)].mms == 1)
		must_be_unknown(ev, PFN_DOWN(ev->a), "reuses");
}

static void reuse_pmd_set(const struct event *ev)
{
	pmd_changed(ev, !(ev->b & _PAGE_PSE));
}
OBSERVER(PT_SET, reuse_pmd_set);

static void reuse_pmd_cleared(const struct event *ev)
{
	pmd_changed(ev, true);
}
OBSERVER(PT_CLEAR, reuse_pmd_cleared);

static void reuse_init(void)
{
	frames =
		memblock_alloc_or_die(PFN_DOWN(memblock_end()) * sizeof(*frames), 64, "TLB shadow");
}

static const struct oracle reuse_oracle = {
	.name = "tlbshadow-reuse",
	.help = "no table is reused while a CPU may have cached the way in by an mm that unshared it",
	.on_request = true,
	.init = reuse_init,
};
ORACLE(reuse_oracle);
