/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/reference.h>. */
#include <kernel/string.h>
#include <tests/reference.h>

struct ref_page ref_want[REF_NR + 1];
u64 ref_file_value[REF_FILE];
struct mm_struct *ref_mm;
struct address_space *ref_file;

bool ref_begin(void)
{
	memset(ref_want, 0, sizeof(ref_want));
	memset(ref_file_value, 0, sizeof(ref_file_value));
	ref_mm = mm_alloc("reference");
	ref_file = mapping_alloc(REF_FILE, PAGE_SHIFT);
	return ref_mm && ref_file;
}

void ref_end(void)
{
	mm_free(ref_mm);
	mapping_free(ref_file);
}

unsigned long ref_addr(unsigned int p)
{
	return REF_START + p * PAGE_SIZE;
}

/* @pmdp: the entry of the PMD that @p is in, or NULL. */
static struct page *mapped_by(pmd_t *pmdp, unsigned int p, bool *write)
{
	pmd_t pmd;
	pte_t pte;

	if (!pmdp || pmd_none(pmdp_get_lockless(pmdp)))
		return NULL;
	pmd = pmdp_get_lockless(pmdp);
	*write = pmd_write(pmd);
	if (pmd_leaf(pmd))
		return pfn_to_page(pmd_pfn(pmd)) + pte_index(ref_addr(p));
	pte = ptep_get_lockless(pte_offset_lockless(pmd, ref_addr(p)));
	*write = pte_write(pte);
	return pte_none(pte) ? NULL : pfn_to_page(pte_pfn(pte));
}

struct page *ref_mapped(unsigned int p, bool *write)
{
	return mapped_by(mm_find_pmd(ref_mm, ref_addr(p)), p, write);
}

bool ref_huge(unsigned int p)
{
	pmd_t *pmdp = mm_find_pmd(ref_mm, ref_addr(p));

	return pmdp && pmd_leaf(pmdp_get_lockless(pmdp));
}

u64 ref_value(unsigned int p)
{
	return ref_want[p].kind == REF_FILE_PAGE ? ref_file_value[ref_want[p].index]
						 : ref_want[p].value;
}

static bool as_wanted(pmd_t *pmdp, unsigned int p)
{
	bool write;
	struct page *page = mapped_by(pmdp, p, &write);

	if (!page)
		return ref_want[p].kind != REF_ANON || !ref_want[p].value;
	if (ref_want[p].kind == REF_NOTHING || (write && !ref_want[p].write))
		return false;
	if (ref_want[p].kind == REF_FILE_PAGE && page != ref_file->pages[ref_want[p].index])
		return false;
	if (ref_want[p].kind == REF_ANON && compound_head(page)->type != PAGE_ANON)
		return false;
	return *(u64 *)page_address(page) == ref_value(p);
}

unsigned int ref_first_wrong(void)
{
	for (unsigned int p = 0; p < REF_NR;) {
		pmd_t *pmdp = mm_find_pmd(ref_mm, ref_addr(p));

		do {
			if (!as_wanted(pmdp, p))
				return p;
		} while (++p % HPAGE_PMD_NR);
	}
	return REF_NR;
}
