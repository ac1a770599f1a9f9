/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_TLB_H
#define MODEL_TLB_H

#include <model/machine.h>

/* The page-table hardware, for the rest of the model: see model.h, which includes this. */
struct mcpu;

/* tlb.c: PROC_FILL, and what else drops entries */
u64 tlb_enabled(unsigned int cpu);
unsigned int tlb_next(unsigned int cpu, struct model_acc *acc);
void tlb_step(unsigned int cpu);
void tlb_flush_all(struct mcpu *c);
void tlb_flush_pcid(struct mcpu *c, u16 pcid);
void tlb_flush_page(struct mcpu *c, u16 pcid, unsigned long va);

/* What was translated before, or is being, no longer counts. Part of each tlb_flush_*(). */
void tlb_invalidated(struct mcpu *c);

/* tlb_insn.c: under which PCID this CPU translates; 0 if CR4.PCIDE=0 */
u16 tlb_pcid(const struct mcpu *c);

/* tlb.c: for loads and stores, uaccess.c */
/* What @va translates to, or NULL: walk. @store: a clean translation is dropped, for it won't do. */
const struct hw_tlb_entry *tlb_lookup(struct mcpu *c, unsigned long va, bool store);
struct hw_walk tlb_begin_walk(const struct mcpu *c, unsigned long va);
const unsigned long *tlb_walk_reads(const struct hw_walk *w);
bool tlb_walk_one(struct mcpu *c, struct hw_walk *w);
void tlb_walk_story(unsigned int cpu, const struct hw_walk *w);

/* tlb.c: are TLBs part of this search? Not before a load, a store or a fill needs one. */
bool tlb_in_use(void);
unsigned int tlb_write(unsigned int cpu); /* ACC_WRITE of OBJ_TLB, by others than PROC_FILL */
void tlb_needed(void);
void tlb_learn(void);

#endif
