// SPDX-License-Identifier: GPL-2.0
/*
 * collapse_huge_page(), which is static: so the tree's file is included whole. As by
 * MADV_COLLAPSE, for a PTE table with one page. Below: what it calls in other files.
 */
#include <mm/khugepaged.c>
#include "linux.h"

static struct collapse_control control;

/* Of 6.1: linux_6_1.c. */
#if !BEFORE_6_12
void linux_huge_init(void)
{
	__SetPageHead(linux_huge);
	prep_compound_head(linux_huge, HPAGE_PMD_ORDER);
	for (unsigned int i = 1; i < HPAGE_PMD_NR; i++)
#if BEFORE_7
		prep_compound_tail(linux_huge, i);
#else
		prep_compound_tail(linux_huge + i, linux_huge, HPAGE_PMD_ORDER);
#endif
}
#endif

int linux_collapse_huge(unsigned long addr)
{
	addr &= HPAGE_PMD_MASK;
#if BEFORE_7
	mmap_read_lock(linux_mm); /* it unlocks that */
	return collapse_huge_page(linux_mm, addr, 1, 0, &control) == SCAN_SUCCEED;
#else
	return collapse_huge_page(linux_mm, addr, 1, 0, &control, HPAGE_PMD_ORDER) == SCAN_SUCCEED;
#endif
}

static struct address_space mapping;
static struct file file = {.f_mapping = &mapping};

/* The huge page is one of a file; its first page is mapped by a PTE. */
void linux_map_file(unsigned long addr)
{
	init_rwsem(&mapping.i_mmap_rwsem);
	linux_map(addr);
	linux_vma.vm_file = &file;
	linux_huge->mapping = &mapping;
	folio_set_swapbacked(page_folio(linux_huge));
	folio_get(page_folio(linux_huge));
	linux_page = linux_huge;
	VM_BUG_ON(!folio_trylock(page_folio(linux_huge)));
	folio_add_file_rmap_pte(page_folio(linux_huge), linux_huge, &linux_vma);
	folio_unlock(page_folio(linux_huge));
	set_pte(pte_offset_kernel(linux_pmd, addr), pfn_pte(page_to_pfn(linux_huge), PAGE_SHARED));
}

#if BEFORE_7
#define try_collapse_pte_mapped_thp collapse_pte_mapped_thp
#endif
int linux_retract(unsigned long addr)
{
	int result;

#if BEFORE_6_12
	mmap_write_lock(linux_mm);
	result = try_collapse_pte_mapped_thp(linux_mm, addr, false);
	mmap_write_unlock(linux_mm);
#else
	mmap_read_lock(linux_mm);
	result = try_collapse_pte_mapped_thp(linux_mm, addr, false);
	mmap_read_unlock(linux_mm);
#endif
	return result == SCAN_SUCCEED;
}

#if !BEFORE_7
unsigned int folio_pte_batch(struct folio *folio, pte_t *ptep, pte_t pte, unsigned int max)
{
	STUB();
	return 1; /* one page is mapped */
}
#endif

/* vma_lookup() */
void *mtree_load(struct maple_tree *mt, unsigned long index)
{
	STUB();
	return &linux_vma;
}

#if BEFORE_6_12
struct folio *__filemap_get_folio(struct address_space *m, pgoff_t index, int flags, gfp_t gfp)
#elif BEFORE_7
struct folio *__filemap_get_folio(struct address_space *m, pgoff_t index, fgf_t flags, gfp_t gfp)
#else
struct folio *__filemap_get_folio_mpol(struct address_space *m, pgoff_t index, fgf_t flags,
				       gfp_t gfp, struct mempolicy *policy)
#endif
{
	struct folio *folio = page_folio(linux_huge);

	STUB();
	folio_get(folio);
	VM_BUG_ON(!folio_trylock(folio));
	return folio;
}

struct folio *__folio_alloc_noprof(gfp_t gfp, unsigned int order, int nid, nodemask_t *mask)
{
	STUB();
	return page_folio(linux_huge);
}

/*
 * Its pages are zero; nobody reads them. No C function: its caller expects that only RDI and RCX
 * change, before 7.0 also RAX.
 */
void linux_pages_cleared(void);
void linux_pages_cleared(void)
{
	model_stub("clear_pages");
}

asm(".globl __clear_pages_unrolled, clear_page_orig\n"
    "__clear_pages_unrolled:\n"
    "clear_page_orig:\n"
    "	push %rbp\n"
    "	mov %rsp, %rbp\n"
    "	and $-16, %rsp\n"
    "	push %rax\n"
    "	push %rdx\n"
    "	push %rsi\n"
    "	push %r8\n"
    "	push %r9\n"
    "	push %r10\n"
    "	push %r11\n"
    "	sub $8, %rsp\n"
    "	call linux_pages_cleared\n"
    "	add $8, %rsp\n"
    "	pop %r11\n"
    "	pop %r10\n"
    "	pop %r9\n"
    "	pop %r8\n"
    "	pop %rsi\n"
    "	pop %rdx\n"
    "	pop %rax\n"
    "	leave\n"
    "	ret");

unsigned long copy_mc_to_kernel(void *to, const void *from, unsigned len)
{
	STUB();
	return 0;
}

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	STUB();
	return &linux_vma;
}

#if BEFORE_7
#define SHIM_TVA unsigned long
#else
#define SHIM_TVA enum tva_type
#endif
unsigned long __thp_vma_allowable_orders(struct vm_area_struct *vma, vm_flags_t vm_flags,
					 SHIM_TVA type, unsigned long orders)
{
	STUB();
	return orders;
}

int __vma_start_write(struct vm_area_struct *vma, int state)
{
	STUB();
	return 0;
}

linux_isolated_t folio_isolate_lru(struct folio *folio)
{
	STUB();
	if (!folio_test_clear_lru(folio))
		return BEFORE_6_12 ? -EBUSY : false;
	folio_get(folio);
	return BEFORE_6_12 ? 0 : true;
}

void folio_putback_lru(struct folio *folio)
{
	STUB();
	folio_set_lru(folio);
	folio_put(folio);
}

void folio_unlock(struct folio *folio)
{
	STUB();
	clear_bit_unlock(PG_locked, folio_flags(folio, 0));
}

#if BEFORE_7
pmd_t maybe_pmd_mkwrite(pmd_t pmd, struct vm_area_struct *vma)
{
	STUB();
	return pmd_mkwrite_novma(pmd);
}

void folio_add_lru_vma(struct folio *folio, struct vm_area_struct *vma)
{
	STUB();
}

void deferred_split_folio(struct folio *folio, bool partially_mapped)
{
	STUB();
}
#else
void map_anon_folio_pmd_nopf(struct folio *folio, pmd_t *pmd, struct vm_area_struct *vma,
			     unsigned long addr)
{
	STUB();
	set_pmd_at(vma->vm_mm, addr, pmd, pmd_mkdirty(folio_mk_pmd(folio, vma->vm_page_prot)));
}
#endif

void __folio_put(struct folio *folio)
{
	STUB();
	linux_free_page(folio_page(folio, 0));
}

/* Counters. */
#if !BEFORE_6_12
DEFINE_PER_CPU(struct mthp_stat, mthp_stats);
#endif
int percpu_counter_batch = 32;

void percpu_counter_add_batch(struct percpu_counter *fbc, s64 amount, s32 batch)
{
	STUB();
}

int folio_memcg_alloc_deferred(struct folio *folio)
{
	STUB();
	return 0;
}
