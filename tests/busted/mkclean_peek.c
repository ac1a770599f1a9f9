/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mkclean_peek: page_mkclean() looks at an entry without its ptl, and passes it by if it is empty.
 *
 *	CPU0 munmap			CPU1 writeback
 *	take the ptl; clear the PTE
 *					the entry is empty: nothing to write-protect
 *					clean the page, write it
 *	flush: until here a thread stores through its TLB
 */
#include <mm/busted.h>
#include <asm/pgtable.h>

DEFINE_BUSTED(mkclean_peek, "page_mkclean() passes an empty entry by without its ptl");

bool busted_hook_mkclean_peek(pmd_t *pmdp, unsigned long addr)
{
	pmd_t pmd = pmdp_get_lockless(pmdp);

	return !pmd_present(pmd) || pte_none(ptep_get_lockless(pte_offset_lockless(pmd, addr)));
}
