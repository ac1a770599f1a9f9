/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page-table hardware of a modelled CPU: a TLB, paging-structure caches, and walks.
 *
 * A walk reads one entry a step, from the deepest cached paging-structure entry that
 * serves the address, or from CR3 (SDM vol. 3A 4.10.3; APM vol. 2 5.5.3). What it has
 * read is cached, present entries only. So a CPU may hold and follow an entry that was cleared
 * after it was read, until the entry is invalidated.
 *
 * An entry has Accessed set before it is used, and a leaf has Dirty set before a store uses it.
 * If a bit is not set, the next step is a locked one that reads the entry again and sets it
 * (SDM vol. 3A 4.8, 9.1.2.1; APM vol. 2 5.4.2). A store that finds a translation cached without
 * Dirty walks again. If it is cached with Dirty, stores do not read the tables. A speculative
 * walk never sets Dirty. The locked step does not wait for the store buffer: the manuals do not
 * say that it does.
 *
 * No CPU may hold translations of two sizes for one address: which one it uses is undefined (SDM
 * vol. 3A 4.10.2.4), and some machines raise a machine check (AMD erratum 383). That is a verdict.
 */
#include "host.h"
#include "model.h"
#include <kernel/busted.h>
#include <kernel/printk.h>
#include <asm/pgtable_types.h>
#include <model/access.h>

/* A bug of the hardware: it shows what the rule is needed for. */
DEFINE_BUSTED(hw_dirty_unchecked,
	      "a store through a clean translation does not look at the entry in memory");

struct tlb {
	struct hw_tlb_entry e[TLB_ENTRIES];
	u64 epoch; /* counts invalidations while there is an access; see uaccess.c */
	u64 accesses; /* loads and stores under way, of this code and of what it interrupted */
};
static HW_STATE(struct tlb, tlb);

static struct hw_tlb_entry *entries(const struct mcpu *c)
{
	return hw_state(tlb, c)->e;
}

#define for_each_tlb_entry(e, c) \
	for (struct hw_tlb_entry *e = entries(c); e < entries(c) + TLB_ENTRIES; e++)

u64 tlb_epoch(const struct mcpu *c)
{
	return hw_state(tlb, c)->epoch;
}

void tlb_accesses(struct mcpu *c, int more)
{
	hw_state(tlb, c)->accesses += (u64)more;
}

void tlb_settle(struct mcpu *c)
{
	for_each_tlb_entry (e, c)
		if (!e->valid)
			*e = (struct hw_tlb_entry){0};
	if (!hw_state(tlb, c)->accesses)
		hw_state(tlb, c)->epoch = 0;
}

static unsigned long span(u8 level)
{
	static const unsigned long size[] = {0, PAGE_SIZE, PMD_SIZE, PUD_SIZE, PGDIR_SIZE};

	return size[level];
}

static unsigned long *entry_in(unsigned long table, unsigned long va, u8 level)
{
	unsigned long i = va / span(level) % PTRS_PER_TABLE;

	return (unsigned long *)__va(table) + i;
}

static bool serves(const struct hw_tlb_entry *e, const struct mcpu *c, unsigned long va)
{
	return e->valid && e->pcid == tlb_pcid(c) && va - e->va < span(e->level);
}

static bool leaf(unsigned long entry, u8 level)
{
	return level == PT_LEVEL_PTE || entry & _PAGE_PSE;
}

/* The bits that must be set in @entry before @w may use it. */
static unsigned long lacks(unsigned long entry, const struct hw_walk *w)
{
	unsigned long needs = _PAGE_ACCESSED;

	if (w->store && leaf(entry, w->level) && entry & _PAGE_RW)
		needs |= _PAGE_DIRTY;
	return needs & ~entry;
}

unsigned int tlb_room = TLB_ENTRIES;

/* Is some of what @new translates also translated as part of a larger or smaller page? */
static bool overlaps_other_size(const struct mcpu *c, const struct hw_tlb_entry *new)
{
	for_each_tlb_entry (e, c)
		if (e->valid && e->leaf && e->pcid == new->pcid && e->level != new->level &&
		    e->va < new->va + span(new->level) && new->va < e->va + span(e->level))
			return true;
	return false;
}

static void cache(struct mcpu *c, u8 level, unsigned long va, const unsigned long *from,
		  unsigned long entry)
{
	struct hw_tlb_entry *e = entries(c);

	/* A translation and a paging-structure entry of one level are kept side by side. */
	for_each_tlb_entry (old, c)
		if (old->level == level && old->leaf == leaf(entry, level) && serves(old, c, va))
			old->valid = false;
	while (e < entries(c) + tlb_room && e->valid)
		e++;
	/*
	 * Hardware may evict an entry at any time. That is not modelled: it can only take a stale
	 * entry away, and no code may rely on an entry that is there.
	 */
	MODEL_LIMIT(e == entries(c) + tlb_room, "all entries of a TLB are in use: TLB_ENTRIES");
	*e = (struct hw_tlb_entry){.valid = true,
				   .level = level,
				   .leaf = leaf(entry, level),
				   .pcid = tlb_pcid(c),
				   .va = va & ~(span(level) - 1),
				   .entry = entry,
				   .from = from};
	if (e->leaf && overlaps_other_size(c, e))
		hardware_two_sizes((unsigned int)(c - machine.cpus), va);
}

/* A walk for @va, before its first read. */
struct hw_walk tlb_begin_walk(const struct mcpu *c, unsigned long va)
{
	struct hw_walk w = {
		.active = true, .level = PT_LEVEL_PGD, .va = va, .table = c->cr3 & PTE_PFN_MASK};

	for_each_tlb_entry (e, c) {
		if (serves(e, c, va) && !e->leaf && e->level <= w.level) {
			w.level = e->level - 1;
			w.table = e->entry & PTE_PFN_MASK;
			w.entry = e->entry;
			w.from = e->from;
		}
	}
	return w;
}

const struct hw_tlb_entry *tlb_lookup(struct mcpu *c, unsigned long va, bool store)
{
	for_each_tlb_entry (e, c) {
		if (!e->leaf || !serves(e, c, va))
			continue;
		if (!store || !(e->entry & _PAGE_RW) || e->entry & _PAGE_DIRTY ||
		    busted(hw_dirty_unchecked))
			return e;
		e->valid = false; /* the walk caches what it finds in its place */
	}
	return NULL;
}

const unsigned long *tlb_walk_reads(const struct hw_walk *w)
{
	return entry_in(w->table, w->va, w->level);
}

/* One read, or one locked update, of a walk; returns whether it goes on. */
bool tlb_walk_one(struct mcpu *c, struct hw_walk *w)
{
	unsigned long *from = entry_in(w->table, w->va, w->level);
	unsigned long entry = *from;

	if (!(entry & _PAGE_PRESENT))
		return false;
	if (lacks(entry, w) && !w->update) {
		w->update = true;
		return true;
	}
	w->update = false;
	entry |= lacks(entry, w);
	if (entry != *from)
		*from = entry;
	cache(c, w->level, w->va, from, entry);
	if (leaf(entry, w->level))
		return false;
	w->from = from;
	w->entry = entry;
	w->table = entry & PTE_PFN_MASK;
	w->level--;
	return true;
}

/* For histories: the step that @w is about to take. */
void tlb_walk_event(unsigned int cpu, const struct hw_walk *w)
{
	const unsigned long *from = tlb_walk_reads(w);

	hw_event(cpu, w->update ? EV_HW_UPDATE : EV_HW_FILL, *from, w->table >> PAGE_SHIFT,
		 w->level);
}

static bool stale(const unsigned long *from, unsigned long entry, unsigned long pfn)
{
	return from && (entry & PTE_PFN_MASK) >> PAGE_SHIFT == pfn &&
	       (*from & PTE_PFN_MASK) != (entry & PTE_PFN_MASK);
}

bool model_stale_path(unsigned int cpu, unsigned long pfn)
{
	const struct mcpu *c = &machine.cpus[cpu];

	if (!walkers())
		return false; /* only loads and stores walk; oracles judge the page that they use */
	/* An entry of another PCID is unused until that PCID is loaded, which may flush it. */
	for_each_tlb_entry (e, c)
		if (e->valid && !e->leaf && e->pcid == tlb_pcid(c) && stale(e->from, e->entry, pfn))
			return true;
	linkset_for_each (page_walker, p) {
		const struct hw_walk *w = &hw_state(*p->state, c)->walk;

		if (w->active && stale(w->from, w->entry, pfn))
			return true;
	}
	return false;
}

void tlb_invalidated(struct mcpu *c)
{
	linkset_for_each (page_walker, p) {
		struct walker *w = hw_state(*p->state, c);

		w->cut |= w->walk.active;
		w->walk.active = false;
	}
	hw_state(tlb, c)->epoch++;
}

/*
 * Drop the entries of @pcid, of all if it is negative. With @va only those that serve it and,
 * without TCE, all paging-structure entries.
 */
static void drop(struct mcpu *c, int pcid, const unsigned long *va)
{
	for_each_tlb_entry (e, c)
		if ((pcid < 0 || e->pcid == pcid) &&
		    (!va || *va - e->va < span(e->level) || !(e->leaf || model_config.tce)))
			e->valid = false;
	tlb_invalidated(c);
}

void model_forget(void)
{
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		tlb_flush_all(&machine.cpus[cpu]);
}

/* SDM vol. 3A 4.10.4.1. Not an invalidation that other accesses of this CPU could notice. */
void tlb_faulted(struct mcpu *c, unsigned long va)
{
	for_each_tlb_entry (e, c)
		if (e->leaf && serves(e, c, va))
			e->valid = false;
}

void tlb_flush_all(struct mcpu *c)
{
	drop(c, -1, NULL);
}

void tlb_flush_pcid(struct mcpu *c, u16 pcid)
{
	drop(c, pcid, NULL);
}

void tlb_flush_page(struct mcpu *c, u16 pcid, unsigned long va)
{
	drop(c, pcid, &va);
}

static bool needed, in_use; /* by the search; not part of the machine */

bool tlb_in_use(void)
{
	return in_use;
}

void tlb_needed(void)
{
	needed = true;
	if (machine.exploring && !in_use)
		model_discover();
}

void tlb_learn(void)
{
	in_use = needed || walkers();
}
