/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H

#include <kernel/event.h>
#include <kernel/shared.h>
#include <asm/atomic.h>
#include <asm/pgtable_types.h>

/*
 * Access to page-table memory. Three kinds:
 *
 *	pgdp_get() pudp_get() pmdp_get_lockless() ptep_get_lockless()
 *		lock-free reads: one load, by value. A walker descends from the value,
 *		never from a second look at memory.
 *	pmdp_get() ptep_get()
 *		reads under the lock of the table that the entry is in, which they assert:
 *		no other CPU writes it. No sync points: the lock was one. (Linux's may be
 *		used without it.)
 *	set_*(), *_clear(), *_get_and_clear()
 *		writes. The hardware may set Accessed and Dirty at any time, so an entry
 *		that was present is taken out by xchg.
 *
 * Each lock-free read and each write is a sync point; each write above the PTE level, and each
 * lock-free read, is also an event. (A PTE write is not: a collapse makes a thousand of
 * them, and the withdrawal of the table says what matters.)
 *
 * An entry that is none means "nothing here" to readers that hold no lock of the table:
 * madvise() with mmap_lock for read goes on to the next 2 MiB. So an entry of a huge page that
 * is about to be another entry is never none in between. It is invalid: Present is clear, and
 * hardware and GUP-fast make nothing of it; PSE is set, so it is pmd_present() and pmd_leaf(),
 * and a reader that wants more takes the table's lock, which waits for the change.
 * Source: Linux pmd_present(), pmdp_invalidate().
 */
#define pgd_page_vaddr(e) ((unsigned long)__va(PFN_PHYS(pgd_pfn(e))))
#define pud_pgtable(e)	  ((pmd_t *)__va(PFN_PHYS(pud_pfn(e))))

static inline pud_t *pud_offset_lockless(pgd_t pgd, unsigned long addr)
{
	return (pud_t *)pgd_page_vaddr(pgd) + pud_index(addr);
}

static inline pmd_t *pmd_offset_lockless(pud_t pud, unsigned long addr)
{
	return pud_pgtable(pud) + pmd_index(addr);
}

static inline pte_t *pte_offset_lockless(pmd_t pmd, unsigned long addr)
{
	return (pte_t *)__va(PFN_PHYS(pmd_pfn(pmd))) + pte_index(addr);
}

static inline pmd_t pmd_mkinvalid(pmd_t e)
{
	return __pmd(pmd_val(e) & ~_PAGE_PRESENT);
}

/* May a user's load, or store, go through it now? Not through an invalid one. */
static inline bool __entry_access_permitted(unsigned long v, bool write)
{
	unsigned long needs = _PAGE_PRESENT | _PAGE_USER | (write ? _PAGE_RW : 0);

	return (v & needs) == needs;
}
#define pte_access_permitted(e, write) __entry_access_permitted(pte_val(e), write)
#define pmd_access_permitted(e, write) __entry_access_permitted(pmd_val(e), write)

#define __READ_ENTRY(ptr, site, level)                                      \
	({                                                                  \
		typeof(*(ptr)) __e = shared_read(site, ptr);                \
		observe(PT_READ, __pa(ptr), *(unsigned long *)&__e, level); \
		__e;                                                        \
	})

static inline pgd_t pgdp_get(pgd_t *pgdp)
{
	return __READ_ENTRY(pgdp, SITE_PGD, PT_LEVEL_PGD);
}

static inline pud_t pudp_get(pud_t *pudp)
{
	return __READ_ENTRY(pudp, SITE_PUD, PT_LEVEL_PUD);
}

static inline pmd_t pmdp_get_lockless(pmd_t *pmdp)
{
	return __READ_ENTRY(pmdp, SITE_PMD, PT_LEVEL_PMD);
}

static inline pte_t ptep_get_lockless(pte_t *ptep)
{
	return __READ_ENTRY(ptep, SITE_PTE, PT_LEVEL_PTE);
}

/* mm: panics unless the lock of the table that @entry is in is held here. */
void __lockdep_assert_table_locked(const void *entry);
#define lockdep_assert_table_locked(entry)                    \
	do {                                                  \
		if (CONFIG_LOCKDEP)                           \
			__lockdep_assert_table_locked(entry); \
	} while (0)

static inline pmd_t pmdp_get(pmd_t *pmdp)
{
	lockdep_assert_table_locked(pmdp);
	return READ_ONCE(*pmdp);
}

static inline pte_t ptep_get(pte_t *ptep)
{
	lockdep_assert_table_locked(ptep);
	return READ_ONCE(*ptep);
}

static inline void set_pgd(pgd_t *pgdp, pgd_t e)
{
	shared_write(SITE_PGD, pgdp, e);
	observe(PT_SET, __pa(pgdp), pgd_val(e), PT_LEVEL_PGD);
}

static inline void set_pud(pud_t *pudp, pud_t e)
{
	shared_write(SITE_PUD, pudp, e);
	observe(PT_SET, __pa(pudp), pud_val(e), PT_LEVEL_PUD);
}

static inline void set_pmd(pmd_t *pmdp, pmd_t e)
{
	shared_write(SITE_PMD, pmdp, e);
	observe(PT_SET, __pa(pmdp), pmd_val(e), PT_LEVEL_PMD);
}

static inline void set_pte(pte_t *ptep, pte_t e)
{
	shared_write(SITE_PTE, ptep, e);
}

static inline pgd_t pgdp_get_and_clear(pgd_t *pgdp)
{
	unsigned long old = shared_rmw(SITE_PGD, &pgdp->pgd, xchg(PTR, 0));

	observe(PT_CLEAR, __pa(pgdp), old, PT_LEVEL_PGD);
	return __pgd(old);
}

static inline pud_t pudp_get_and_clear(pud_t *pudp)
{
	unsigned long old = shared_rmw(SITE_PUD, &pudp->pud, xchg(PTR, 0));

	observe(PT_CLEAR, __pa(pudp), old, PT_LEVEL_PUD);
	return __pud(old);
}

static inline pmd_t pmdp_get_and_clear(pmd_t *pmdp)
{
	unsigned long old = shared_rmw(SITE_PMD, &pmdp->pmd, xchg(PTR, 0));

	observe(PT_CLEAR, __pa(pmdp), old, PT_LEVEL_PMD);
	return __pmd(old);
}

/* Another entry in its place, with nothing in between. Returns the old one, with its Dirty. */
static inline pmd_t pmdp_establish(pmd_t *pmdp, pmd_t e)
{
	unsigned long old = shared_rmw(SITE_PMD, &pmdp->pmd, xchg(PTR, pmd_val(e)));

	observe(PT_SET, __pa(pmdp), pmd_val(e), PT_LEVEL_PMD);
	return __pmd(old);
}

/* Under the lock, for a change of permissions: the hardware sets no bit of it any more. */
static inline pmd_t pmdp_invalidate_ad(pmd_t *pmdp)
{
	return pmdp_establish(pmdp, pmd_mkinvalid(pmdp_get(pmdp)));
}

static inline pte_t ptep_get_and_clear(pte_t *ptep)
{
	return __pte(shared_rmw(SITE_PTE, &ptep->pte, xchg(PTR, 0)));
}

#endif
