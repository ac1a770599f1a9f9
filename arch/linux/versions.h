/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_VERSIONS_H
#define LINUX_VERSIONS_H

/*
 * What Linux's own functions were called, and took, in releases before the newest one that is
 * known here. Tried: 6.1, 6.12, 7.3. In between others may not compile; then the compiler says
 * where. What only 6.1 has is in linux_6_1.c.
 */
#include <linux/mm.h>
#include <linux/version.h>
#include <asm/cpufeature.h>

#define BEFORE_7    (LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0))
#define BEFORE_6_12 (LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0))

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
#define FOLIO_MAPPING_ANON PAGE_MAPPING_ANON
#define linux_number(mm, n)
#else
#define linux_number(mm, n) ((mm)->mm_id = (n))
#endif

/* A page begins to be a page table; one more mm shares it. */
#if BEFORE_6_12
#define linux_pte_ctor(mm, table)  pgtable_pte_page_ctor(virt_to_page(table))
#define linux_pmd_ctor(mm, table)  pgtable_pmd_page_ctor(virt_to_page(table))
#define linux_pmd_share(table)	   atomic_inc(&virt_to_page(table)->pt_share_count)
#define linux_pmd_is_shared(table) atomic_read(&virt_to_page(table)->pt_share_count)
#elif BEFORE_7
#define linux_pte_ctor(mm, table) pagetable_pte_ctor(virt_to_ptdesc(table))
#define linux_pmd_ctor(mm, table) pagetable_pmd_ctor(virt_to_ptdesc(table))
#else
#define linux_pte_ctor(mm, table) pagetable_pte_ctor(mm, virt_to_ptdesc(table))
#define linux_pmd_ctor(mm, table) pagetable_pmd_ctor(mm, virt_to_ptdesc(table))
#endif
#if !BEFORE_6_12
#define linux_pmd_share(table)	   ptdesc_pmd_pts_inc(virt_to_ptdesc(table))
#define linux_pmd_is_shared(table) ptdesc_pmd_is_shared(virt_to_ptdesc(table))
#endif

#if BEFORE_6_12
#define vm_flags_init(vma, flags)		  ((vma)->vm_flags = (flags))
#define pmd_mkwrite_novma			  pmd_mkwrite
#define folio_add_file_rmap_pte(folio, page, vma) page_add_file_rmap(page, vma, false)
typedef struct page **release_pages_arg;
#define linux_page_of(arg, i) (arg)[i]
typedef int linux_isolated_t;
#define linux_dumped struct page
#else
#define linux_page_of(arg, i) encoded_page_ptr((arg).encoded_pages[i])
typedef bool linux_isolated_t;
#define linux_dumped	      const struct page
#endif

#endif
