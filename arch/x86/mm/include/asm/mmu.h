/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_MMU_H
#define ASM_MMU_H

#include <kernel/types.h>

/* The part of an mm that belongs to the TLB code (arch/x86/mm/{tlb,asid}.c). */
typedef struct {
	u64 ctx_id; /* names the mm for ever; never reused, never 0 */
	atomic64_t tlb_gen; /* raised before each flush; starts at 1 */
	u64 next_trim_cpumask; /* sched_clock() after which mm_cpumask may be trimmed again */
	u16 global_asid; /* 0: has none; changes once. See <asm/asid.h> */
	bool asid_transition; /* CPUs may still have it loaded under another one */
} mm_context_t;

#endif
