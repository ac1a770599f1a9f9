// SPDX-License-Identifier: GPL-2.0
/*
 * What only 6.1 has or calls, where pages were not yet folios: the counterparts of what
 * linux_khugepaged.c has for later releases. Its asm header and tlb.c: linux.mk.
 */
#include "linux.h"
#include <linux/huge_mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/smp.h>

#if BEFORE_6_12

void linux_huge_init(void)
{
	__SetPageHead(linux_huge);
	set_compound_page_dtor(linux_huge, TRANSHUGE_PAGE_DTOR);
	set_compound_order(linux_huge, HPAGE_PMD_ORDER);
	atomic_set(compound_mapcount_ptr(linux_huge), -1);
	for (unsigned int i = 1; i < HPAGE_PMD_NR; i++) {
		set_compound_head(linux_huge + i, linux_huge);
		set_page_count(linux_huge + i, 0);
	}
}

struct page *__alloc_pages(gfp_t gfp, unsigned int order, int nid, nodemask_t *mask)
{
	STUB();
	return linux_huge;
}

/* linux_huge_init() has done that. */
void prep_transhuge_page(struct page *page)
{
	STUB();
}

bool hugepage_vma_check(struct vm_area_struct *vma, unsigned long vm_flags, bool smaps, bool in_pf,
			bool enforce_sysfs)
{
	STUB();
	return true;
}

/* Nobody reads the huge page. */
void copy_page(void *to, void *from)
{
	STUB();
}

/* No CPU idles by polling. */
void send_call_function_single_ipi(int cpu)
{
	STUB();
	arch_send_call_function_single_ipi(cpu);
}

int folio_mapcount(struct folio *folio)
{
	STUB();
	return atomic_read(&folio->_mapcount) + 1;
}

struct address_space *folio_mapping(struct folio *folio)
{
	STUB();
	return folio->mapping;
}

#endif
