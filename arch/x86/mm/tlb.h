/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_MM_TLB_H
#define X86_MM_TLB_H

#include <asm/asid.h>
#include <asm/percpu.h>

/* The value of loaded_mm while CR3 changes: either mm may be in use. */
#define LOADED_MM_SWITCHING ((struct mm_struct *)1UL)

/*
 * Own CPU with IRQs off writes. Others read loaded_mm, racily, see should_flush_tlb(), and
 * after it loaded_mm_asid, which is written before it.
 */
struct tlb_state {
	struct mm_struct *loaded_mm;
	u16 loaded_mm_asid;
	struct dyn_asids dyn;
};
DECLARE_PER_CPU(struct tlb_state, cpu_tlbstate);

/* Own CPU writes and all read: a cache line of its own. */
struct tlb_state_shared {
	bool is_lazy;
};
DECLARE_PER_CPU(struct tlb_state_shared, cpu_tlbstate_shared);

/* pcid.c; this CPU. */
unsigned long build_cr3(const struct mm_struct *mm, struct new_asid to); /* as if it had PCID */
void load_new_mm_cr3(const struct mm_struct *mm, struct new_asid to);
void flush_loaded_asid(void); /* all of it; IRQs off */
void flush_all_asids(void); /* everything of all ASIDs, except perhaps global pages; any context */
bool keeps_unloaded_asids(void); /* can translations stay cached across a write to CR3? */

#endif
