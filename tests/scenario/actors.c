/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/scenario_actors.h>. */
#include <kernel/irqflags.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <asm/mmu_context.h>
#include <asm/uaccess.h>
#include <mm/gup.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/vma.h>
#include <model/machine.h>
#include <tests/scenario_actors.h>
#include <tests/scenario_run.h>

struct mm_struct *scenario_mm(const char *name)
{
	struct mm_struct *mm = mm_alloc(name);

	scenario_check(mm);
	scenario_account_for(mm);
	mm->context.next_trim_cpumask = 0; /* where the case trims at all: no time passes here */
	return mm;
}

void scenario_reserve(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	scenario_check(!mm_mmap(mm, addr, len, VM_WRITE, NULL, 0));
}

void scenario_map(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	scenario_reserve(mm, addr, len);
	for (unsigned long a = addr; a < addr + len; a += PAGE_SIZE)
		scenario_check(!fault_in(mm, a, true));
}

void scenario_map_huge(struct mm_struct *mm, unsigned long addr)
{
	scenario_map(mm, addr, PMD_SIZE);
	scenario_check(!collapse_huge_page(mm, addr));
}

void scenario_map_page(struct mm_struct *mm, unsigned long addr)
{
	scenario_map(mm, addr, PAGE_SIZE);
	scenario_reserve(mm, addr + PAGE_SIZE, PAGE_SIZE);
}

void scenario_make_tables(struct mm_struct *mm, unsigned long addr)
{
	scenario_check(!pte_alloc(mm, mm_alloc_pmd(mm, addr)));
}

struct address_space *scenario_file(unsigned long nr)
{
	struct address_space *file = mapping_alloc(nr, PAGE_SHIFT);

	scenario_check(file);
	return file;
}

void scenario_map_file(struct mm_struct *mm, unsigned long addr, unsigned long len,
		       struct address_space *file, unsigned long pgoff)
{
	scenario_check(!mm_mmap(mm, addr, len, VM_WRITE, file, pgoff));
}

struct address_space *scenario_map_hugetlb(struct mm_struct *mm, unsigned long addr,
					   unsigned long len)
{
	struct address_space *file = mapping_alloc(len >> PMD_SHIFT, PMD_SHIFT);

	scenario_check(file && !mm_mmap(mm, addr, len, VM_WRITE | VM_HUGETLB, file, 0));
	scenario_check(!fault_in(mm, addr, true));
	return file;
}

void scenario_drop_first_page(struct address_space *file)
{
	put_page(file->pages[0]);
	file->pages[0] = NULL;
}

struct address_space *scenario_hugetlb_file(void)
{
	struct address_space *file = mapping_alloc(PUD_SIZE >> PMD_SHIFT, PMD_SHIFT);

	scenario_check(file);
	return file;
}

void scenario_map_shared(struct mm_struct *mm, unsigned long addr, struct address_space *file,
			 unsigned long flags)
{
	scenario_check(!mm_mmap(mm, addr, PUD_SIZE, flags | VM_MAYSHARE | VM_HUGETLB, file, 0));
}

void __scenario_share(unsigned long addr, struct mm_struct *const *mms)
{
	struct address_space *file = scenario_hugetlb_file();

	for (; *mms; mms++) {
		scenario_map_shared(*mms, addr, file, VM_WRITE);
		scenario_check(!fault_in(*mms, addr, true));
	}
}

bool scenario_maps(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmdp = mm_find_pmd(mm, addr), pmd;

	if (!pmdp)
		return false;
	pmd = pmdp_get_lockless(pmdp);
	if (pmd_none(pmd) || pmd_leaf(pmd))
		return pmd_leaf(pmd);
	return pte_present(ptep_get_lockless(pte_offset_lockless(pmd, addr)));
}

void scenario_walk(unsigned long addr)
{
	struct page *page;
	unsigned int got = gup_fast_only(addr, 1, FOLL_GET, &page);

	gup_put_pages(&page, got, FOLL_GET);
}

void scenario_collapse(struct mm_struct *mm, unsigned long addr)
{
	int ret = collapse_huge_page(mm, addr);

	scenario_check(!ret || ret == -EAGAIN);
}

struct vm_area_struct *scenario_vma(struct mm_struct *mm, unsigned long addr)
{
	mmap_read_lock(mm);
	return vma_lookup(mm, addr);
}

void scenario_zap_page(struct vm_area_struct *vma, unsigned long addr)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, vma->vm_mm);
	unmap_page_range(&tlb, vma, addr, addr + PAGE_SIZE);
	tlb_finish_mmu(&tlb);
}

void scenario_load_twice(unsigned long addr)
{
	u64 val;

	if (!get_user_u64(&val, addr))
		model_use_cached(addr);
}

static unsigned long gone;

void scenario_say_gone(void)
{
	shared_store_release(SITE_TEST, &gone, 1); /* pairs with the acquire below */
}

void scenario_load_unless_gone(unsigned long addr)
{
	unsigned long told = shared_load_acquire(SITE_TEST, &gone);
	u64 val;

	scenario_check(get_user_u64(&val, addr) || !told);
}

void scenario_load_until_gone(unsigned long addr)
{
	u64 val;

	get_user_u64(&val, addr);
	scenario_load_unless_gone(addr);
}

u64 *scenario_word(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmdp = mm_find_pmd(mm, addr), pmd;
	unsigned long pfn;
	pte_t pte;

	if (!pmdp)
		return NULL;
	pmd = pmdp_get_lockless(pmdp);
	if (!pmd_present(pmd))
		return NULL;
	pfn = pmd_pfn(pmd) + pte_index(addr);
	if (!pmd_leaf(pmd)) {
		pte = ptep_get_lockless(pte_offset_lockless(pmd, addr));
		if (!pte_present(pte))
			return NULL;
		pfn = pte_pfn(pte);
	}
	return (u64 *)((char *)page_address(pfn_to_page(pfn)) + addr % PAGE_SIZE);
}

void scenario_switch_to(struct mm_struct *next)
{
	local_irq_disable();
	switch_mm_irqs_off(NULL, next, current);
	current->mm = next;
	local_irq_enable();
}

void scenario_tick(void)
{
	local_irq_disable();
	rcu_tick(true);
	local_irq_enable();
}
