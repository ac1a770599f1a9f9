/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_VERSIONS_H
#define LINUX_VERSIONS_H

/*
 * What Linux's own functions were called, and took, in releases before the newest one that is
 * known here. Tried: 6.12, 7.3. In between others may not compile; then the compiler says where.
 */
#include <linux/mm.h>
#include <linux/version.h>
#include <asm/cpufeature.h>

#define BEFORE_7 (LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0))

#ifndef X86_FEATURE_INVLPGB
#define X86_FEATURE_INVLPGB 0
#define LINUX_HAS_INVLPGB   0
static inline void mm_assign_global_asid(struct mm_struct *mm, u16 asid)
{
}

static inline void mm_clear_asid_transition(struct mm_struct *mm)
{
}
#else
#define LINUX_HAS_INVLPGB 1
#endif

#if BEFORE_7
#define FOLIO_MAPPING_ANON     PAGE_MAPPING_ANON
#define linux_pte_ctor(mm, pt) pagetable_pte_ctor(pt)
#define linux_pmd_ctor(mm, pt) pagetable_pmd_ctor(pt)
#else
#define linux_pte_ctor pagetable_pte_ctor
#define linux_pmd_ctor pagetable_pmd_ctor
#endif

#endif
