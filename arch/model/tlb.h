/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_TLB_H
#define MODEL_TLB_H

#include <model/machine.h>

/* The page-table hardware, for the rest of the model: see model.h, which includes this. */
struct mcpu;

/* tlb.c: PROC_FILL, and invalidation */
u64 tlb_enabled(unsigned int cpu);
unsigned int tlb_next(unsigned int cpu, struct model_acc *acc);
void tlb_step(unsigned int cpu);
void tlb_flush_all(struct mcpu *c);
void tlb_flush_pcid(struct mcpu *c, u16 pcid);
void tlb_flush_page(struct mcpu *c, u16 pcid, unsigned long va);

/* After a page fault at @va, which a translation in the TLB has caused: it is dropped. */
void tlb_faulted(struct mcpu *c, unsigned long va);

/* Translations looked up before are void, and a walk under way ends. In each tlb_flush_*(). */
void tlb_invalidated(struct mcpu *c);

/* tlb_insn.c: the current PCID of this CPU; 0 if CR4.PCIDE=0 */
u16 tlb_pcid(const struct mcpu *c);

/* tlb.c: for loads and stores, uaccess.c */
/* The cached translation of @va, or NULL: walk. @store: a writable one without Dirty is dropped. */
const struct hw_tlb_entry *tlb_lookup(struct mcpu *c, unsigned long va, bool store);
struct hw_walk tlb_begin_walk(const struct mcpu *c, unsigned long va);
const unsigned long *tlb_walk_reads(const struct hw_walk *w);
bool tlb_walk_one(struct mcpu *c, struct hw_walk *w);
void tlb_walk_story(unsigned int cpu, const struct hw_walk *w);

/* tlb.c: are TLBs part of this search? Not until a load, a store or a fill needs one. */
bool tlb_in_use(void);
unsigned int tlb_write(unsigned int cpu); /* ACC_WRITE of OBJ_TLB, for steps but PROC_FILL's */
void tlb_needed(void);
void tlb_learn(void);

#endif
