/* SPDX-License-Identifier: GPL-2.0 */
/*
 * At the end of every schedule: do the mms of scenario_mm() add up? Nothing runs any more, so
 * what the tables say, what the VMAs say and what is counted must be the same.
 *
 *	each entry	is present, lies in a VMA, is writable only where the VMA is, and leads
 *			to the page that belongs there
 *	each page	has a _mapcount of as many as entries lead to it, and a reference for
 *			each; a page to which none leads has none
 *	each PMD table	is led to by as many mms as pt_share_count says; if by more than one, a
 *			single VMA covers its span in each; it has as many deposited PTE tables
 *			as entries that map huge pages of ordinary memory
 *			it is in no gather, and owes no wait once it is one mm's alone
 *	each mm		has as many tables as nr_ptes and nr_pmds say; its VMAs ascend, and each is in
 *			its file's list once, where all belong to an mm
 *	no lock		of an mm, a VMA, a file or a table is held that was not after the setup,
 *			and no gather is in flight
 */
#include <mm/mm.h>
#include <mm/ptdesc.h>
#include <mm/vma.h>
#include <tests/scenario_actors.h>
#include <tests/scenario_run.h>

#define MAX_MMS	   12
#define MAX_TABLES 32
#define MAX_FRAMES 1024

static struct mm_struct *mms[MAX_MMS];
static unsigned int nr_mms;
static int held_before;

/* PMD tables that were met so far in this pass, and in how many places. */
static struct {
	struct ptdesc *pt;
	int places;
} tables[MAX_TABLES];
static unsigned int nr_tables;

/* _mapcounts are counted down to 0, compared with that, and put back. */
static enum pass { COUNT, COMPARE, RESTORE } pass;

/* The mm at hand. */
static struct mm_struct *mm;
static int nr_pmds, nr_ptes;

void scenario_account_for(struct mm_struct *m)
{
	scenario_check(nr_mms < MAX_MMS);
	mms[nr_mms++] = m;
}

/* By the actor, whose slot no other touches. */
void scenario_mm_free(struct mm_struct *m)
{
	for (unsigned int i = 0; i < nr_mms; i++)
		if (mms[i] == m)
			mms[i] = NULL;
	mm_free(m);
}

static const struct vm_area_struct *vma_at(unsigned long addr)
{
	const struct vm_area_struct *vma;

	mm_for_each_vma (mm, vma)
		if (addr >= vma->vm_start && addr < vma->vm_end)
			return vma;
	return NULL;
}

static bool belongs(const struct vm_area_struct *vma, unsigned long addr, const struct page *page)
{
	unsigned long offset = (vma->vm_pgoff << PAGE_SHIFT) + addr - vma->vm_start;
	const struct address_space *file = vma->vm_mapping;

	if (!file)
		return page->type == PAGE_ANON;
	return offset >> file->page_shift < file->nrpages &&
	       file->pages[offset >> file->page_shift] == page;
}

static void account_leaf(unsigned long addr, unsigned long entry, bool first)
{
	const struct vm_area_struct *vma = vma_at(addr);
	struct page *page = compound_head(pfn_to_page(entry_pfn(entry)));

	if (pass == COMPARE) {
		scenario_check(atomic_read(&page->_mapcount) == 0);
		return;
	}
	if (first)
		atomic_add(pass == COUNT ? -1 : 1, &page->_mapcount);
	if (pass != COUNT)
		return;
	scenario_check(entry & _PAGE_PRESENT && vma);
	scenario_check(!vma || !(entry & _PAGE_RW) || vma->vm_flags & VM_WRITE);
	scenario_check(!vma || belongs(vma, addr, page));
	scenario_check(page_ref_count(page) > atomic_read(&page->_mapcount));
}

static void account_ptes(pmd_t pmd, unsigned long base)
{
	const pte_t *ptes = pte_offset_lockless(pmd, base);

	nr_ptes++;
	scenario_check(!spin_is_locked(ptlock_ptr(ptes)));
	for (unsigned long i = 0; i < PTRS_PER_TABLE; i++)
		if (!pte_none(ptes[i]))
			account_leaf(base + i * PAGE_SIZE, pte_val(ptes[i]), true);
}

/* Returns whether the table was not met before in this pass. */
static bool note_table(struct ptdesc *pt)
{
	unsigned int i = 0;

	while (i < nr_tables && tables[i].pt != pt)
		i++;
	if (i == nr_tables) {
		scenario_check(nr_tables < MAX_TABLES);
		tables[nr_tables].pt = pt;
		tables[nr_tables++].places = 0;
	}
	return !tables[i].places++;
}

static int nr_deposited(const struct ptdesc *pmd_table)
{
	const struct ptdesc *newest = pmd_table->pmd_huge_pte;
	const struct list_head *pos;
	int n = !!newest;

	if (newest)
		for (pos = newest->pt_list.next; pos != &newest->pt_list; pos = pos->next)
			n++;
	return n;
}

static bool covers_shared(const struct vm_area_struct *vma, unsigned long base)
{
	return vma->vm_flags & VM_MAYSHARE && vma->vm_start <= base &&
	       base + PUD_SIZE <= vma->vm_end;
}

static void account_pmds(pud_t pud, unsigned long base)
{
	const pmd_t *pmds = pmd_offset_lockless(pud, base);
	struct ptdesc *pt = pfn_ptdesc(pud_pfn(pud));
	const struct vm_area_struct *vma = vma_at(base);
	bool first = note_table(pt);
	int thp = 0;

	nr_pmds++;
	scenario_check(!spin_is_locked(&pt->ptl) && list_empty(&pt->pt_list));
	scenario_check(!pt->pt_owed || ptdesc_pmd_is_shared(pt));
	scenario_check(!ptdesc_pmd_is_shared(pt) || (vma && covers_shared(vma, base)));
	for (unsigned long i = 0; i < PTRS_PER_TABLE; i++) {
		unsigned long addr = base + i * PMD_SIZE;

		if (pmd_none(pmds[i]))
			continue;
		if (!pmd_leaf(pmds[i])) {
			account_ptes(pmds[i], addr);
			continue;
		}
		account_leaf(addr, pmd_val(pmds[i]), first);
		vma = vma_at(addr);
		thp += !vma || !(vma->vm_flags & VM_HUGETLB);
	}
	nr_ptes += thp;
	scenario_check(nr_deposited(pt) == thp);
}

static void account_mm(void)
{
	nr_pmds = 0;
	nr_ptes = 0;
	for (unsigned long base = 0; base < TASK_SIZE; base += PGDIR_SIZE) {
		pgd_t pgd = *pgd_offset(mm, base);

		if (pgd_none(pgd))
			continue;
		for (unsigned long addr = base; addr < base + PGDIR_SIZE; addr += PUD_SIZE) {
			pud_t pud = *pud_offset_lockless(pgd, addr);

			if (!pud_none(pud))
				account_pmds(pud, addr);
		}
	}
	scenario_check(nr_pmds == atomic_read(&mm->nr_pmds));
	scenario_check(nr_ptes == atomic_read(&mm->nr_ptes));
}

static void account_pass(enum pass p)
{
	pass = p;
	nr_tables = 0;
	for (unsigned int i = 0; i < nr_mms; i++) {
		mm = mms[i];
		if (!mm)
			continue;
		if (p == COUNT)
			scenario_account_mm(mm);
		account_mm();
	}
}

static bool is_user(const struct page *page)
{
	return page->type == PAGE_ANON || page->type == PAGE_FILE || page->type == PAGE_HUGETLB;
}

/*
 * All entries are counted down, so no page may count any more. On the metal there are too many
 * frames to look at after each schedule.
 */
static void check_unmapped_pages(void)
{
	for (unsigned long pfn = 0; max_pfn <= MAX_FRAMES && pfn < max_pfn; pfn++)
		scenario_check(!is_user(pfn_to_page(pfn)) ||
			       atomic_read(&pfn_to_page(pfn)->_mapcount) == 0);
}

static int held(void)
{
	int n = 0;

	for (unsigned int i = 0; i < nr_mms; i++)
		n += mms[i] ? scenario_mm_held(mms[i]) : 0;
	return n;
}

void scenario_account_begin(void)
{
	held_before = held();
}

void scenario_account(void)
{
	scenario_check(held() <= held_before);
	account_pass(COUNT);
	for (unsigned int i = 0; i < nr_tables; i++)
		scenario_check(atomic_read(&tables[i].pt->pt_share_count) + 1 == tables[i].places);
	account_pass(COMPARE);
	check_unmapped_pages();
	account_pass(RESTORE);
}
