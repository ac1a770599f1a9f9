/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_TLBBATCH_H
#define ASM_TLBBATCH_H

#include <kernel/cpumask.h>

/*
 * Batched flush, of a caller that unmaps pages from many mms. In order:
 *
 *	clear an entry, under its ptl
 *	arch_tlbbatch_add_pending(), under the same ptl
 *	...
 *	arch_tlbbatch_flush()
 *	free the pages; write out those of which an entry was dirty
 *
 * Unlike a mmu_gather it names no range, and CPUs of all mms take one interrupt.
 */
struct mm_struct;

struct arch_tlbflush_unmap_batch {
	struct cpumask cpumask; /* CPUs that may have translations of what was unmapped */
};

/* Entries of @mm were cleared. Raises its tlb_gen: CPUs that load it later know. */
void arch_tlbbatch_add_pending(struct arch_tlbflush_unmap_batch *batch, struct mm_struct *mm);

/* No CPU uses what was unmapped after this. IRQs on. The batch is empty then. */
void arch_tlbbatch_flush(struct arch_tlbflush_unmap_batch *batch);

#endif
