/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page-table hardware of a modelled CPU: a TLB, paging-structure caches, and walks that
 * it may begin at any time for an address of the scenario (fill_va).
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
	for (unsigned int i = 0; i < TLB_ENTRIES; i++) {
		const struct hw_tlb_entry *e = &c->tlb.e[i];

		if (e->valid && e->leaf && e->pcid == new->pcid && e->level != new->level &&
		    e->va < new->va + span(new->level) && new->va < e->va + span(e->level))
			return true;
	}
	return false;
}

static void cache(struct mcpu *c, u8 level, unsigned long va, const unsigned long *from,
		  unsigned long entry)
{
	struct hw_tlb_entry *e = c->tlb.e;

	/* A translation and a paging-structure entry of one level are kept side by side. */
	for (unsigned int i = 0; i < TLB_ENTRIES; i++)
		if (c->tlb.e[i].valid && c->tlb.e[i].level == level &&
		    c->tlb.e[i].leaf == leaf(entry, level) && serves(&c->tlb.e[i], c, va))
			c->tlb.e[i].valid = false;
	while (e < c->tlb.e + tlb_room && e->valid)
		e++;
	/* Hardware may evict one at any time. An entry that is not there cannot be stale. */
	MODEL_LIMIT(e == c->tlb.e + tlb_room, "all entries of a TLB are in use: TLB_ENTRIES");
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

	for (unsigned int i = 0; i < TLB_ENTRIES; i++) {
		const struct hw_tlb_entry *e = &c->tlb.e[i];

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
	for (unsigned int i = 0; i < TLB_ENTRIES; i++) {
		struct hw_tlb_entry *e = &c->tlb.e[i];

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
void tlb_walk_story(unsigned int cpu, const struct hw_walk *w)
{
	const unsigned long *from = tlb_walk_reads(w);

	hw_event(cpu, w->update ? EV_HW_UPDATE : EV_HW_FILL, *from, w->table >> PAGE_SHIFT,
		 w->level);
}

/* The speculative walks of one CPU: PROC_FILL. */
static bool may_fill(const struct mcpu *c)
{
	/* Also if the TLB has a translation: it may be evicted at any time. Not while preempted:
	 * the physical CPU then only uses and fills entries with the tag of another vCPU. */
	return c->cr3 & PTE_PFN_MASK && !c->preempted && (c->tlb.walk.active || c->fills);
}

static struct hw_walk next_read(const struct mcpu *c)
{
	return c->tlb.walk.active ? c->tlb.walk : tlb_begin_walk(c, model_config.fill_va);
}

static void fill_step(struct mcpu *c)
{
	struct hw_walk w = next_read(c);

	if (!c->tlb.walk.active)
		c->fills--;
	w.active = tlb_walk_one(c, &w);
	c->tlb.walk = w;
}

static bool stale(const unsigned long *from, unsigned long entry, unsigned long pfn)
{
	return from && (entry & PTE_PFN_MASK) >> PAGE_SHIFT == pfn &&
	       (*from & PTE_PFN_MASK) != (entry & PTE_PFN_MASK);
}

bool model_stale_path(unsigned int cpu, unsigned long pfn)
{
	const struct mcpu *c = &machine.cpus[cpu];

	if (!model_config.fills)
		return false; /* only loads and stores walk; oracles judge the page that they use */
	/* An entry of another PCID is unused until that PCID is loaded, which may flush it. */
	for (unsigned int i = 0; i < TLB_ENTRIES; i++)
		if (c->tlb.e[i].valid && !c->tlb.e[i].leaf && c->tlb.e[i].pcid == tlb_pcid(c) &&
		    stale(c->tlb.e[i].from, c->tlb.e[i].entry, pfn))
			return true;
	return c->tlb.walk.active && stale(c->tlb.walk.from, c->tlb.walk.entry, pfn);
}

void tlb_invalidated(struct mcpu *c)
{
	c->tlb.cut |= c->tlb.walk.active;
	c->tlb.walk.active = false;
	c->tlb.epoch++;
}

/* Drop the entries for which @which is true. */
static void drop(struct mcpu *c, bool (*which)(const struct hw_tlb_entry *, u64), u64 arg)
{
	for (unsigned int i = 0; i < TLB_ENTRIES; i++)
		if (which(&c->tlb.e[i], arg))
			c->tlb.e[i].valid = false;
	tlb_invalidated(c);
}

static bool any(const struct hw_tlb_entry *e, u64 unused)
{
	return true;
}

static bool of_pcid(const struct hw_tlb_entry *e, u64 pcid)
{
	return e->pcid == pcid;
}

void model_forget(void)
{
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		tlb_flush_all(&machine.cpus[cpu]);
}

/* SDM vol. 3A 4.10.4.1. Not an invalidation that other accesses of this CPU could notice. */
void tlb_faulted(struct mcpu *c, unsigned long va)
{
	for (unsigned int i = 0; i < TLB_ENTRIES; i++)
		if (c->tlb.e[i].leaf && serves(&c->tlb.e[i], c, va))
			c->tlb.e[i].valid = false;
}

void tlb_flush_all(struct mcpu *c)
{
	drop(c, any, 0);
}

void tlb_flush_pcid(struct mcpu *c, u16 pcid)
{
	drop(c, of_pcid, pcid);
}

void tlb_flush_page(struct mcpu *c, u16 pcid, unsigned long va)
{
	for (unsigned int i = 0; i < TLB_ENTRIES; i++) {
		struct hw_tlb_entry *e = &c->tlb.e[i];
		bool leads = va - e->va < span(e->level);

		if (e->pcid == pcid && (e->leaf || model_config.tce ? leads : true))
			e->valid = false;
	}
	tlb_invalidated(c);
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
	in_use = needed || model_config.fills;
}

/* ACC_TURN: while the walker may still read, the cached entries decide which entry it reads. */
unsigned int tlb_write(unsigned int cpu)
{
	const struct mcpu *c = &machine.cpus[cpu];

	return ACC_WRITE | (c->fills || c->tlb.walk.active ? ACC_TURN : 0);
}

u64 tlb_enabled(unsigned int cpu)
{
	return may_fill(&machine.cpus[cpu]) ? 1ULL << model_proc(PROC_FILL, cpu) : 0;
}

unsigned int tlb_next(unsigned int cpu, struct model_acc *acc)
{
	const struct mcpu *c = &machine.cpus[cpu];
	struct hw_walk w;

	if (!c->fills && !c->tlb.walk.active && !c->tlb.cut)
		return 0;
	acc[0] = (struct model_acc){object(OBJ_TLB, cpu), ACC_WRITE | ACC_AWAIT};
	if (!may_fill(c))
		return 1;
	w = next_read(c);
	acc[1] = (struct model_acc){(uintptr_t)tlb_walk_reads(&w),
				    w.update ? ACC_READ | ACC_WRITE : ACC_READ};
	return 2;
}

void tlb_step(unsigned int cpu)
{
	struct mcpu *c = &machine.cpus[cpu];
	struct hw_walk w = next_read(c);

	tlb_walk_story(cpu, &w);
	if (w.update)
		hardware_writes(cpu, tlb_walk_reads(&w));
	else
		hardware_reads(cpu, tlb_walk_reads(&w));
	hardware_follows(cpu, w.table >> PAGE_SHIFT, w.level);
	fill_step(c);
}
