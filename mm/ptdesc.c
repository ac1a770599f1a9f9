/* SPDX-License-Identifier: GPL-2.0 */
/* Page-table pages. See <mm/ptdesc.h>. */
#include <kernel/string.h>
#include <mm/pt_sync.h>
#include <mm/ptdesc.h>

struct ptdesc *pagetable_alloc(struct mm_struct *mm, enum pt_level level)
{
	struct page *page = alloc_pages(GFP_KERNEL, 0, PAGE_TABLE);
	struct ptdesc *pt = (struct ptdesc *)page;

	if (!page)
		return NULL;
	/*
	 * Before the entry that will link it (smp_wmb() in mm/pgtable.c): readers come by that
	 * entry, an address dependency, which RACES=1 does not know.
	 */
	data_race(memset(page_address(page), 0, PAGE_SIZE));
	pt->level = (u8)level;
	INIT_LIST_HEAD(&pt->pt_list);
	pt->pmd_huge_pte = NULL;
	pt->pt_owed = NULL;
	atomic_set(&pt->pt_share_count, 0);
	spin_lock_init_rank(&pt->ptl, "ptl", level == PT_LEVEL_PTE ? RANK_PTE : RANK_PMD);
	observe(TABLE_ALLOC, page_to_pfn(page), level, mm->context.ctx_id);
	return pt;
}

void pagetable_free(struct ptdesc *pt)
{
	struct page *page = (struct page *)pt;

	VM_BUG_ON(pt->type != PAGE_TABLE);
	VM_BUG_ON(spin_is_locked(&pt->ptl) || atomic_read(&pt->pt_share_count));
	VM_BUG_ON(pt->pmd_huge_pte);
	pt_owed_settle(pt);
	sync_point(SITE_FREE, SYNC_WRITE, pt);
	observe(TABLE_FREE, ptdesc_pfn(pt), pt->level, 0);
	/* What a struct page keeps where the ptdesc kept its own. */
	atomic_set(&page->_mapcount, 0);
	page->order = 0;
	put_page(page);
}

void pagetable_free_rcu(struct rcu_head *head)
{
	pagetable_free(container_of(head, struct ptdesc, pt_rcu_head));
}

void pgtable_trans_huge_deposit(struct mm_struct *mm, pmd_t *pmdp, struct ptdesc *pte_table)
{
	struct ptdesc *pmd_table = virt_to_ptdesc(pmdp);

	lockdep_assert_held(&pmd_table->ptl);
	if (pmd_table->pmd_huge_pte)
		list_add(&pte_table->pt_list, &pmd_table->pmd_huge_pte->pt_list);
	else
		INIT_LIST_HEAD(&pte_table->pt_list);
	pmd_table->pmd_huge_pte = pte_table;
	observe(DEPOSIT, ptdesc_pfn(pte_table), ptdesc_pfn(pmd_table), mm->context.ctx_id);
}

struct ptdesc *pgtable_trans_huge_withdraw(struct mm_struct *mm, pmd_t *pmdp)
{
	struct ptdesc *pmd_table = virt_to_ptdesc(pmdp);
	struct ptdesc *pt = pmd_table->pmd_huge_pte;

	lockdep_assert_held(&pmd_table->ptl);
	VM_BUG_ON(!pt);
	pmd_table->pmd_huge_pte = list_empty(&pt->pt_list)
					  ? NULL
					  : list_first_entry(&pt->pt_list, struct ptdesc, pt_list);
	list_del_init(&pt->pt_list);
	return pt;
}
