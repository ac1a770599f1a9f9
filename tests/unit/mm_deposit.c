/* SPDX-License-Identifier: GPL-2.0 */
/* Deposited PTE tables: which one comes back. */
#include <kernel/ktest.h>
#include <mm/mm.h>
#include <mm/ptdesc.h>

#define ADDR 0x40000000UL

KTEST(deposit, newest_comes_back_first)
{
	struct mm_struct *mm = mm_alloc("deposit");
	struct ptdesc *pt[3], *back[3];
	pmd_t *pmdp;

	KASSERT(t, mm);
	KASSERT(t,
		!mm_mmap(mm, ADDR, PMD_SIZE, VM_WRITE, NULL, 0)); /* mm_free() frees its tables */
	pmdp = mm_alloc_pmd(mm, ADDR);
	KASSERT(t, pmdp);
	for (int i = 0; i < 3; i++) {
		pt[i] = pagetable_alloc(mm, PT_LEVEL_PTE);
		KASSERT(t, pt[i]);
	}
	spin_lock(pmd_lockptr(pmdp));
	for (int i = 0; i < 3; i++)
		pgtable_trans_huge_deposit(mm, pmdp, pt[i]);
	for (int i = 0; i < 3; i++)
		back[i] = pgtable_trans_huge_withdraw(mm, pmdp);
	KEXPECT(t, back[0] == pt[2]);
	KEXPECT(t, back[1] == pt[0]);
	KEXPECT(t, back[2] == pt[1]);
	KEXPECT(t, !virt_to_ptdesc(pmdp)->pmd_huge_pte);

	/* The table that was withdrawn last is the one that a collapse deposits next. */
	pgtable_trans_huge_deposit(mm, pmdp, pt[0]);
	KEXPECT(t, pgtable_trans_huge_withdraw(mm, pmdp) == pt[0]);
	spin_unlock(pmd_lockptr(pmdp));
	for (int i = 0; i < 3; i++)
		pagetable_free(pt[i]);
	mm_free(mm);
}
