/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_TLB_H
#define MODEL_TLB_H

#include <kernel/linkset.h>
#include <model/machine.h>

/* The page-table hardware, for the rest of the model: see model.h, which includes this. */
struct mcpu;

NO_PADDING_BEGIN
struct hw_tlb_entry {
	bool valid;
	bool leaf; /* a translation; else a paging-structure entry */
	u8 level; /* of the table that it was read from */
	u8 unused;
	u16 pcid, unused2;
	unsigned long va; /* first address that it serves */
	unsigned long entry; /* as read */
	const unsigned long *from; /* where it was read */
};
struct hw_walk {
	bool active;
	bool store; /* a walk for a store */
	bool update; /* the next step sets Accessed or Dirty in the entry to be read next */
	u8 level; /* of the table to be read next */
	u8 unused[4];
	unsigned long table; /* physical */
	unsigned long va;
	const unsigned long *from; /* the entry that led there; NULL: CR3 */
	unsigned long entry; /* the value of that entry */
};
NO_PADDING_END

/* tlb.c: the current TLB of a CPU */
void tlb_flush_all(struct mcpu *c);
void tlb_flush_pcid(struct mcpu *c, u16 pcid);
void tlb_flush_page(struct mcpu *c, u16 pcid, unsigned long va);

/* After a page fault at @va, which a translation in the TLB has caused: it is dropped. */
void tlb_faulted(struct mcpu *c, unsigned long va);

/* Translations looked up before are void, and walks under way end. In each tlb_flush_*(). */
void tlb_invalidated(struct mcpu *c);
u64 tlb_epoch(const struct mcpu *c); /* counts invalidations */
void tlb_accesses(struct mcpu *c, int more); /* that compare epochs begin, or end */
void tlb_settle(struct mcpu *c); /* clear entries that are not in use; no access: epoch 0 */

/* tlb_insn.c: the current PCID of this CPU; 0 if CR4.PCIDE=0 */
u16 tlb_pcid(const struct mcpu *c);

/* tlb.c: for loads and stores, uaccess.c */
/* The cached translation of @va, or NULL: walk. @store: a writable one without Dirty is dropped. */
const struct hw_tlb_entry *tlb_lookup(struct mcpu *c, unsigned long va, bool store);
struct hw_walk tlb_begin_walk(const struct mcpu *c, unsigned long va);
const unsigned long *tlb_walk_reads(const struct hw_walk *w);
bool tlb_walk_one(struct mcpu *c, struct hw_walk *w);
void tlb_walk_event(unsigned int cpu, const struct hw_walk *w);

/* tlb.c: are TLBs part of this search? Not until a load, a store or a fill needs one. */
bool tlb_in_use(void);
void tlb_needed(void);
void tlb_learn(void);

/*
 * A page walker: a process that begins walks by itself. The processes of all walkers, and what
 * invalidates, write OBJ_TLB. While a walker may still read, the cached entries decide which
 * entry it reads: then another's write has ACC_TURN.
 */
struct walker {
	u64 cut; /* an invalidation has ended a walk */
	struct hw_walk walk;
};
struct page_walker {
	struct walker *state; /* by hw_state() */
	enum model_proc_kind kind;
};
LINKSET_DECLARE(page_walker, const struct page_walker);

/* walker.c */
unsigned int walkers(void); /* in this configuration */
bool walkers_turn(void); /* proc_ops.turns of a walker */
bool tlb_turns(void); /* that of what invalidates */
unsigned int tlb_write(unsigned int cpu); /* how a step that invalidates writes OBJ_TLB */
bool walker_enabled(unsigned int cpu, const struct page_walker *p);
unsigned int walker_next(unsigned int cpu, const struct page_walker *p, struct model_acc *acc);
void walker_step(unsigned int cpu, const struct page_walker *p);

#endif
