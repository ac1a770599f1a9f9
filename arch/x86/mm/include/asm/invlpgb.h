/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_INVLPGB_H
#define ASM_INVLPGB_H

#include <asm/asid.h>

/*
 * Operands of INVLPGB (AMD APM vol. 3). Every combination that we use, and no other:
 *
 *	VA | PCID | ASID	a run of pages of one mm
 *	PCID | ASID		one mm
 *	ASID			everything but global pages
 *
 * The ASID is that of SVM, not ours: 0 is the host; in a guest the hardware puts the
 * guest's in its place. It is always valid, else an INVLPGB in a host would hit guests.
 *
 * VA is set where addresses are given. Without it they are not looked at, and the whole
 * PCID goes (Linux's invlpgb_flush_addr_nosync(), for kernel addresses, leaves it out; its
 * counterpart for an mm does not).
 *
 * FINAL_ONLY is never set: it would leave the paging-structure caches alone, which may lead
 * to a table that is about to be freed or reused. INCLUDE_GLOBAL neither: no mm has global
 * pages, and the kernel's never change.
 */
#define INVLPGB_FLAG_VA	  BIT(0)
#define INVLPGB_FLAG_PCID BIT(1)
#define INVLPGB_FLAG_ASID BIT(2)
#define INVLPGB_STRIDE_2M (1U << 31)

/* RAX: VA[63:12], flags. ECX: [15:0] pages - 1, [31] stride. EDX: [27:16] PCID, [15:0] ASID. */
struct invlpgb {
	u64 rax;
	u32 ecx, edx;
};

/* All that @asid has cached. */
static inline struct invlpgb invlpgb_single_pcid(u16 asid)
{
	return (struct invlpgb){
		.rax = INVLPGB_FLAG_PCID | INVLPGB_FLAG_ASID,
		.edx = (u32)kern_pcid(asid) << 16,
	};
}

/* All that any PCID has cached, but for global pages. */
static inline struct invlpgb invlpgb_all_nonglobals(void)
{
	return (struct invlpgb){.rax = INVLPGB_FLAG_ASID};
}

/**
 * invlpgb_range - the next instruction of a flush of [start, end)
 * @f: the flush; not of everything
 * @addr: where it goes on: f->start at first; moved on by what the instruction flushes
 * @count_max: pages that one instruction can do
 *
 * To be called while *@addr < f->end. A stride beyond 2 MiB cannot be expressed: then it is one
 * instruction for each entry.
 */
static inline struct invlpgb invlpgb_range(const struct flush_tlb_info *f, u16 asid,
					   unsigned long *addr, u32 count_max)
{
	unsigned long nr = 1, at = *addr & PAGE_MASK;
	bool pmd = f->stride_shift == PMD_SHIFT;

	if (f->stride_shift <= PMD_SHIFT)
		nr = min(max((f->end - *addr) >> f->stride_shift, 1UL), (unsigned long)count_max);
	*addr += nr << f->stride_shift;
	return (struct invlpgb){
		.rax = at | INVLPGB_FLAG_VA | INVLPGB_FLAG_PCID | INVLPGB_FLAG_ASID,
		.ecx = (u32)(nr - 1) | (pmd ? INVLPGB_STRIDE_2M : 0),
		.edx = (u32)kern_pcid(asid) << 16,
	};
}

/**
 * invlpgb_offered_by_mistake - does CPUID offer what this CPU does not have? Zen 2
 *
 * @family, @model: with the extended bits. Source: Linux init_amd_zen2(), for the models of its
 * bsp_init_amd().
 */
bool invlpgb_offered_by_mistake(u32 family, u32 model);

/**
 * tlbsyncs_for - TLBSYNCs that it takes to wait for all that this CPU began
 *
 * AMD erratum #1718, Zen 5 (family 1Ah): one may not wait for everything, a second one does
 * (Linux 7.3, X86_BUG_TLBI). CPUs without the bug have a CPUID bit, TLBSYNC_SFW_NO, which
 * is in no manual that we have: so all of the family take two.
 */
unsigned int tlbsyncs_for(u32 family);

/* How often each was executed since boot, by all CPUs; read while none is. */
struct invlpgb_counts {
	u64 invlpgb, tlbsync;
};
struct invlpgb_counts invlpgb_counts(void);

#endif
