/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_MM_TLB_H
#define X86_MM_TLB_H

#include <asm/percpu.h>
#include <asm/tlbflush.h>

/* Dynamic ASIDs a CPU remembers. Without PCID only slot 0 is used, and CR3 always flushes. */
#define TLB_NR_DYN_ASIDS    6

/* Stands in loaded_mm while CR3 changes: "could be either". */
#define LOADED_MM_SWITCHING ((struct mm_struct *)1UL)

struct tlb_context {
	u64 ctx_id;
	u64 tlb_gen; /* what this CPU's TLB has caught up to for that ctx_id */
};

/* Own CPU with IRQs off writes; others read loaded_mm only, racily, see should_flush_tlb(). */
struct tlb_state {
	struct mm_struct *loaded_mm;
	u16 loaded_mm_asid;
	struct tlb_context ctxs[TLB_NR_DYN_ASIDS];
};
DECLARE_PER_CPU(struct tlb_state, cpu_tlbstate);

/* Own CPU writes and all read: a cache line of its own. */
struct tlb_state_shared {
	bool is_lazy;
};
DECLARE_PER_CPU(struct tlb_state_shared, cpu_tlbstate_shared);

#endif
