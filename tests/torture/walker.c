/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walkers: threads that borrow one mm after the other and, in each, pin pages by GUP-fast,
 * load and store. Two on each CPU, so that CPUs switch mms by preemption and by yield;
 * between mms some sleep, so that CPUs go idle with an mm loaded: lazy.
 */
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/percpu.h>
#include <asm/uaccess.h>
#include <mm/gup.h>
#include <tests/canary.h>
#include <tests/nmi_walker.h>
#include <tests/torture.h>

static DEFINE_PER_CPU(u64, nr_walks); /* own CPU, task context */

/* Word of a page that only this walker stores to, behind the tag's cache line. */
#define WALKER_SLOTS   448
#define SLOT_OFFSET(n) (64 + (n) % WALKER_SLOTS * 8)

/* The newest store of this walker to memory that must keep it. */
struct kept_store {
	struct region *region;
	unsigned long addr;
	u64 val, epoch;
};

struct walker {
	unsigned int nr;
	struct rand rand;
	struct kept_store kept;
	u64 counter;
};

u64 torture_walks(unsigned int cpu)
{
	return per_cpu(nr_walks, cpu);
}

void torture_walks_reset(void)
{
	unsigned int cpu;

	for_each_online_cpu (cpu)
		per_cpu(nr_walks, cpu) = 0;
}

static unsigned long pick_page(struct walker *w, const struct region *r)
{
	return r->start + rand_below(&w->rand, r->nr) * r->stride;
}

static void walk(struct walker *w, struct region *r)
{
	unsigned int flags = rand_below(&w->rand, 2) ? FOLL_PIN : FOLL_GET;
	unsigned long addr = pick_page(w, r);
	unsigned int nr = rand_below(&w->rand, 4) ? 1 : 1 + rand_below(&w->rand, 4);
	struct page *pages[4];
	int got;

	if (r->stride != PAGE_SIZE)
		nr = 1;
	flags |= rand_below(&w->rand, 4) ? 0 : FOLL_WRITE;
	/* Beyond the region there may be nothing; the walk then ends there. */
	if (rand_below(&w->rand, 8))
		got = (int)gup_fast_only(addr, nr, flags, pages);
	else
		got = gup_fast_or_fault(addr, nr, flags, pages);
	this_cpu_inc(nr_walks);
	if (got <= 0)
		return;
	/* Keep some pins for a while, for a collapse to find. */
	if (!rand_below(&w->rand, 64))
		for (u32 n = rand_below(&w->rand, 16); n; n--)
			cpu_relax();
	gup_put_pages(pages, (unsigned int)got, flags);
}

static void load(struct walker *w, struct region *r)
{
	unsigned int i = rand_below(&w->rand, r->nr);
	unsigned long addr = r->start + i * r->stride;
	u64 seq = READ_ONCE(r->map_seq), val;

	if (get_user_u64(&val, addr)) {
		fault_in(current->mm, addr, false);
		return;
	}
	if (seq & 1 && READ_ONCE(r->map_seq) == seq)
		canary_stale(r->op, addr, val);
	canary_load(r->op, addr, val, canary_tag(r->tag_id, i),
		    r->alt_id ? canary_tag(r->alt_id, i) : 0);
	/*
	 * Fresh memory gets its tag; a hugetlb page has had it since setup. Not where pages are
	 * unmapped and mapped again (other strides): through a stale translation the tag could be
	 * written into a page table, and the kernel would panic before there is a verdict.
	 */
	if (!val && r->stride == PAGE_SIZE)
		put_user_u64(canary_tag(r->tag_id, i), addr);
}

/* What was stored must still be there, wherever a collapse has moved it to. */
static void check_kept(struct walker *w)
{
	struct kept_store *k = &w->kept;
	u64 val;

	if (!k->region || k->region->tmm->mm != current->mm || get_user_u64(&val, k->addr))
		return;
	/* Value before epoch: pairs with the writer, which makes it odd before the pages go. */
	smp_rmb();
	if (val != k->val && READ_ONCE(k->region->zap_epoch) == k->epoch)
		canary_lost_store(k->region->op, k->addr, val, k->val);
	k->region = NULL;
}

static void store(struct walker *w, struct region *r)
{
	unsigned long addr = pick_page(w, r) + SLOT_OFFSET(w->nr);
	u64 epoch = READ_ONCE(r->zap_epoch);

	check_kept(w);
	if (put_user_u64(++w->counter, addr)) {
		fault_in(current->mm, addr, true);
		return;
	}
	/* Odd: the pages are going, and the store with them. */
	if (r->keeps && !(epoch & 1))
		w->kept = (struct kept_store){r, addr, w->counter, epoch};
}

static bool no_gup;

static int set_gup(const char *value)
{
	if (strcmp(value, "0") && strcmp(value, "1"))
		return -EINVAL;
	no_gup = value[0] == '0';
	return 0;
}
PARAM(gup, "0: the walkers do not walk, they only load and store (1)", set_gup);

static void visit(struct walker *w, struct tmm *t)
{
	struct region *r = &t->regions[rand_below(&w->rand, t->nr_regions)];
	u32 what = rand_below(&w->rand, 16);

	op_charge(r->op);
	if (what < 11 && !no_gup)
		walk(w, r);
	else if (what < 14)
		load(w, r);
	else if (r->stride == PAGE_SIZE)
		store(w, r);
}

int torture_walker(void *arg)
{
	struct walker w = {.nr = (unsigned int)(unsigned long)arg};

	rand_init(&w.rand, 0x3a1c0000 + w.nr);
	while (!torture_stopping()) {
		struct tmm *t = world_mm(rand_below(&w.rand, world_nr_mms()));

		kthread_use_mm(t->mm);
		for (u32 n = 16 + rand_below(&w.rand, 64); n && !torture_stopping(); n--) {
			visit(&w, t);
			nmi_walker_linger(&w.rand);
			cpu_relax();
			/* Many CPUs on one thread: a turn is long, and the other walker may hold a lock. */
			if (num_online_cpus() > 8 || n % 8 == 0)
				yield();
		}
		kthread_unuse_mm(t->mm);
		if (!rand_below(&w.rand, 8))
			schedule_timeout_ns(rand_below(&w.rand, 3000) * NSEC_PER_USEC + 1);
	}
	return 0;
}
