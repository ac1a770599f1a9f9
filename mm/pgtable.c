/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Levels: finding, allocating and linking tables.
 *
 * A table is filled with zeroes before it is linked; the store that links it comes
 * after those (x86-TSO keeps stores in order; smp_wmb() says so to the compiler). It
 * pairs with the address dependency of the walker's next read.
 */
#include <mm/busted.h>
#include <mm/mm.h>

DEFINE_BUSTED(pte_alloc_keeps, "of two faults that allocate a PTE table the second keeps its own");

pgd_t *__hot pgd_offset(struct mm_struct *mm, unsigned long addr)
{
	return mm->pgd + pgd_index(addr);
}

void __lockdep_assert_table_locked(const void *entry)
{
	lockdep_assert_held(ptlock_ptr(entry));
}

pud_t *mm_alloc_pud(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgdp = pgd_offset(mm, addr), pgd = pgdp_get(pgdp);

	if (pgd_none(pgd)) {
		struct ptdesc *new = pagetable_alloc(mm, PT_LEVEL_PUD);

		if (!new)
			return NULL;
		spin_lock(&mm->page_table_lock);
		if (pgd_none(READ_ONCE(*pgdp))) {
			smp_wmb(); /* see top of file; pairs with gup_fast_pud_range() */
			set_pgd(pgdp, __pgd(PFN_PHYS(ptdesc_pfn(new)) | _PAGE_TABLE));
			new = NULL;
		}
		pgd = READ_ONCE(*pgdp);
		spin_unlock(&mm->page_table_lock);
		if (new)
			pagetable_free(new);
	}
	return pud_offset_lockless(pgd, addr);
}

void pud_populate(struct mm_struct *mm, pud_t *pudp, struct ptdesc *pmd_table)
{
	lockdep_assert_held(&mm->page_table_lock);
	smp_wmb(); /* see top of file; pairs with gup_fast_pmd_range() */
	set_pud(pudp, __pud(PFN_PHYS(ptdesc_pfn(pmd_table)) | _PAGE_TABLE));
	atomic_inc(&mm->nr_pmds);
}

pmd_t *mm_alloc_pmd(struct mm_struct *mm, unsigned long addr)
{
	pud_t *pudp = mm_alloc_pud(mm, addr), pud;

	if (!pudp)
		return NULL;
	pud = pudp_get(pudp);
	if (pud_none(pud)) {
		struct ptdesc *new = pagetable_alloc(mm, PT_LEVEL_PMD);

		if (!new)
			return NULL;
		spin_lock(&mm->page_table_lock);
		if (pud_none(READ_ONCE(*pudp))) {
			pud_populate(mm, pudp, new);
			new = NULL;
		}
		pud = READ_ONCE(*pudp);
		spin_unlock(&mm->page_table_lock);
		if (new)
			pagetable_free(new);
	}
	return pmd_offset_lockless(pud, addr);
}

pmd_t *mm_find_pmd(struct mm_struct *mm, unsigned long addr)
{
	pgd_t pgd = pgdp_get(pgd_offset(mm, addr));
	pud_t pud;

	if (pgd_none(pgd))
		return NULL;
	pud = pudp_get(pud_offset_lockless(pgd, addr));
	if (pud_none(pud))
		return NULL;
	return pmd_offset_lockless(pud, addr);
}

void pmd_populate(struct mm_struct *mm, pmd_t *pmdp, struct ptdesc *pte_table)
{
	lockdep_assert_held(pmd_lockptr(pmdp));
	smp_wmb(); /* see top of file; pairs with gup_fast_pte_range() */
	set_pmd(pmdp, __pmd(PFN_PHYS(ptdesc_pfn(pte_table)) | _PAGE_TABLE));
}

int pte_alloc(struct mm_struct *mm, pmd_t *pmdp)
{
	struct ptdesc *new;

	if (!pmd_none(pmdp_get_lockless(pmdp)))
		return 0;
	new = pagetable_alloc(mm, PT_LEVEL_PTE);
	if (!new)
		return -ENOMEM;
	spin_lock(pmd_lockptr(pmdp));
	if (pmd_none(pmdp_get(pmdp))) {
		pmd_populate(mm, pmdp, new);
		atomic_inc(&mm->nr_ptes);
		new = NULL;
	}
	spin_unlock(pmd_lockptr(pmdp));
	if (new && !busted(pte_alloc_keeps))
		pagetable_free(new);
	return 0;
}

pte_t *pte_offset_map_lock(pmd_t *pmdp, unsigned long addr, spinlock_t **ptlp)
{
	pmd_t pmd;
	pte_t *ptep;

	/*
	 * Between the snapshot and the lock the table may be withdrawn, even by someone
	 * without mmap_lock (retract_page_tables()). Preemption off is an RCU read side:
	 * the table is not freed under us; the re-check under its lock says whether it is
	 * still linked.
	 */
	rcu_read_lock();
	for (;;) {
		pmd = pmdp_get_lockless(pmdp);
		if (!pmd_present(pmd) || pmd_leaf(pmd))
			break;
		ptep = pte_offset_lockless(pmd, addr);
		lockdep_assert_preemption_disabled();
		spin_lock(ptlock_ptr(ptep));
		if (likely(pmd_same(pmd, pmdp_get_lockless(pmdp)))) {
			rcu_read_unlock(); /* the lock keeps preemption off */
			*ptlp = ptlock_ptr(ptep);
			return ptep;
		}
		spin_unlock(ptlock_ptr(ptep));
	}
	rcu_read_unlock();
	return NULL;
}
