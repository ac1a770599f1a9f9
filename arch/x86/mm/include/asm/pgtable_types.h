/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PGTABLE_TYPES_H
#define ASM_PGTABLE_TYPES_H

#include <kernel/compiler.h>
#include <asm/page.h>

/*
 * 4-level page tables, leaves of 4 KiB and 2 MiB (Intel SDM vol. 3A 4.5; AMD APM
 * vol. 2 5.3). An entry is a value: pgd_val() and friends take it apart; memory is
 * only touched by the accessors of <asm/pgtable.h>.
 */
#define _PAGE_PRESENT	 BIT(0)
#define _PAGE_RW	 BIT(1)
#define _PAGE_USER	 BIT(2)
#define _PAGE_ACCESSED	 BIT(5)
#define _PAGE_DIRTY	 BIT(6)
#define _PAGE_PSE	 BIT(7)
#define _PAGE_NX	 BIT(63)
#define PTE_PFN_MASK	 0x000ffffffffff000UL

#define _PAGE_TABLE	 (_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED)
#define _PAGE_USER_RO	 (_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | _PAGE_NX)
#define _PAGE_USER_RW	 (_PAGE_USER_RO | _PAGE_RW | _PAGE_DIRTY)
#define _PAGE_USER_CLEAN (_PAGE_USER_RO | _PAGE_RW) /* the first store sets Dirty */

#define PTRS_PER_TABLE	 (1UL << PT_INDEX_BITS)
#define PMD_SHIFT	 (PAGE_SHIFT + PT_INDEX_BITS)
#define PMD_SIZE	 (1UL << PMD_SHIFT)
#define PMD_MASK	 (~(PMD_SIZE - 1))
#define PUD_SHIFT	 (PMD_SHIFT + PT_INDEX_BITS)
#define PUD_SIZE	 (1UL << PUD_SHIFT)
#define PUD_MASK	 (~(PUD_SIZE - 1))
#define PGDIR_SHIFT	 (PUD_SHIFT + PT_INDEX_BITS)
#define PGDIR_SIZE	 (1UL << PGDIR_SHIFT)
#define PGDIR_MASK	 (~(PGDIR_SIZE - 1))

#define HPAGE_PMD_ORDER	 (PMD_SHIFT - PAGE_SHIFT)
#define HPAGE_PMD_NR	 (1UL << HPAGE_PMD_ORDER)

/* Levels as events and ptdescs name them. */
enum pt_level { PT_LEVEL_PTE = 1, PT_LEVEL_PMD, PT_LEVEL_PUD, PT_LEVEL_PGD };

typedef struct {
	unsigned long pgd;
} pgd_t;
typedef struct {
	unsigned long pud;
} pud_t;
typedef struct {
	unsigned long pmd;
} pmd_t;
typedef struct {
	unsigned long pte;
} pte_t;
typedef unsigned long pgprot_t;

#define pgd_val(x)   ((x).pgd)
#define pud_val(x)   ((x).pud)
#define pmd_val(x)   ((x).pmd)
#define pte_val(x)   ((x).pte)
#define __pgd(x)     ((pgd_t){x})
#define __pud(x)     ((pud_t){x})
#define __pmd(x)     ((pmd_t){x})
#define __pte(x)     ((pte_t){x})

#define pgd_index(a) (((a) >> PGDIR_SHIFT) & (PTRS_PER_TABLE - 1))
#define pud_index(a) (((a) >> PUD_SHIFT) & (PTRS_PER_TABLE - 1))
#define pmd_index(a) (((a) >> PMD_SHIFT) & (PTRS_PER_TABLE - 1))
#define pte_index(a) (((a) >> PAGE_SHIFT) & (PTRS_PER_TABLE - 1))

/* End of the part of [addr, end) that one entry of the level covers. */
#define __addr_end(addr, end, size)                                  \
	({                                                           \
		unsigned long __b = ((addr) + (size)) & ~((size)-1); \
		__b - 1 < (end)-1 ? __b : (end);                     \
	})
#define pgd_addr_end(addr, end) __addr_end(addr, end, PGDIR_SIZE)
#define pud_addr_end(addr, end) __addr_end(addr, end, PUD_SIZE)
#define pmd_addr_end(addr, end) __addr_end(addr, end, PMD_SIZE)

/* Predicates and constructors on values. pmd_mkinvalid() and its kin: <asm/pgtable.h>. */
static inline bool pgd_none(pgd_t e)
{
	return !pgd_val(e);
}

static inline bool pud_none(pud_t e)
{
	return !pud_val(e);
}

static inline bool pud_present(pud_t e)
{
	return pud_val(e) & _PAGE_PRESENT;
}

static inline bool pmd_none(pmd_t e)
{
	return !pmd_val(e);
}

static inline bool pmd_present(pmd_t e)
{
	return pmd_val(e) & (_PAGE_PRESENT | _PAGE_PSE);
}

static inline bool pmd_leaf(pmd_t e)
{
	return pmd_val(e) & _PAGE_PSE;
}

static inline bool pmd_write(pmd_t e)
{
	return pmd_val(e) & _PAGE_RW;
}

static inline bool pte_none(pte_t e)
{
	return !pte_val(e);
}

static inline bool pte_present(pte_t e)
{
	return pte_val(e) & _PAGE_PRESENT;
}

static inline bool pte_write(pte_t e)
{
	return pte_val(e) & _PAGE_RW;
}

static inline bool pte_dirty(pte_t e)
{
	return pte_val(e) & _PAGE_DIRTY;
}

static inline bool pmd_dirty(pmd_t e)
{
	return pmd_val(e) & _PAGE_DIRTY;
}

/* Dirty stays: what was stored is still to be collected. (No shadow stacks: CR4.CET is 0.) */
static inline pte_t pte_wrprotect(pte_t e)
{
	return __pte(pte_val(e) & ~_PAGE_RW);
}

static inline pmd_t pmd_wrprotect(pmd_t e)
{
	return __pmd(pmd_val(e) & ~_PAGE_RW);
}

static inline pte_t pte_mkwrite(pte_t e)
{
	return __pte(pte_val(e) | _PAGE_RW);
}

static inline pte_t pte_mkdirty(pte_t e)
{
	return __pte(pte_val(e) | _PAGE_DIRTY);
}

static inline pte_t pte_mkclean(pte_t e)
{
	return __pte(pte_val(e) & ~_PAGE_DIRTY);
}

static inline unsigned long entry_pfn(unsigned long v)
{
	return (v & PTE_PFN_MASK) >> PAGE_SHIFT;
}

#define pgd_pfn(e) entry_pfn(pgd_val(e))
#define pud_pfn(e) entry_pfn(pud_val(e))
#define pmd_pfn(e) entry_pfn(pmd_val(e))
#define pte_pfn(e) entry_pfn(pte_val(e))

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte(PFN_PHYS(pfn) | prot);
}

static inline pmd_t pfn_pmd(unsigned long pfn, pgprot_t prot)
{
	return __pmd(PFN_PHYS(pfn) | prot | _PAGE_PSE);
}

static inline bool pte_same(pte_t a, pte_t b)
{
	return pte_val(a) == pte_val(b);
}

static inline bool pmd_same(pmd_t a, pmd_t b)
{
	return pmd_val(a) == pmd_val(b);
}

#endif
