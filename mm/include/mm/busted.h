/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_BUSTED_H
#define MM_BUSTED_H

#include <kernel/busted.h>
#include <asm/pgtable_types.h>

/* Bugs of mm/ and arch/x86/mm/ in tests/busted/. */
struct mm_struct;
struct mmu_gather;
struct vm_area_struct;
DECLARE_BUSTED_HOOK(gather_free_before_flush, struct mmu_gather *tlb,
		    void (*free_pages)(struct mmu_gather *tlb));
DECLARE_BUSTED_HOOK(invlpgb_tlbsync_elsewhere, void (*tlbsync)(void));
DECLARE_BUSTED_HOOK(mkclean_peek, pmd_t *pmdp, unsigned long addr);
DECLARE_BUSTED_HOOK(split_two_locks, struct vm_area_struct *vma);
DECLARE_BUSTED_HOOK(split_unshare_early, struct vm_area_struct *vma);
DECLARE_BUSTED_HOOK(tlb_switch_irqs_on, struct mm_struct **loaded_mm); /* per CPU */
DECLARE_BUSTED_HOOK(tlb_trim_remote, struct mm_struct *mm, struct mm_struct **loaded_mm);
DECLARE_BUSTED_HOOK(walk_publish_weak, struct mm_struct *mm, struct mm_struct **outer);

#endif
