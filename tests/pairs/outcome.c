/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What address spaces and files contain. Not which frames they are in, nor which tables are there
 * that map nothing: nobody can ask for that.
 */
#include <asm/bitops.h>
#include <mm/page_alloc.h>
#include <mm/ptdesc.h>
#include <model/machine.h>
#include <tests/pairs.h>
#include <tests/scenario_actors.h>

struct outcome program_seen;
u64 program_hidden;

static const struct vm_area_struct *vma_at(struct mm_struct *mm, unsigned long addr)
{
	const struct vm_area_struct *vma;

	list_for_each_entry (vma, &mm->mmap, vm_list)
		if (addr >= vma->vm_start && addr < vma->vm_end)
			return vma;
	return NULL;
}

/* The entry that maps @addr, or 0. */
static unsigned long leaf_at(struct mm_struct *mm, unsigned long addr, bool *huge)
{
	pmd_t *pmdp = mm_find_pmd(mm, addr);
	pmd_t pmd = pmdp ? pmdp_get_lockless(pmdp) : __pmd(0);

	*huge = pmd_leaf(pmd);
	if (pmd_none(pmd) || *huge)
		return pmd_val(pmd);
	return pte_val(ptep_get_lockless(pte_offset_lockless(pmd, addr)));
}

static u64 contents_at(unsigned long entry, bool huge, unsigned long addr)
{
	struct page *page = pfn_to_page(entry_pfn(entry));

	return world_value(huge ? page + pte_index(addr) : page) << CONTENTS_SHIFT;
}

static u64 map_at(struct mm_struct *mm, unsigned long addr)
{
	const struct vm_area_struct *vma = vma_at(mm, addr);
	unsigned long entry;
	u64 seen = 0;
	bool huge;

	if (vma)
		seen |= MAP_VMA | (vma->vm_flags & VM_WRITE ? MAP_VMA_WRITE : 0) |
			(vma->vm_start == addr ? MAP_VMA_START : 0);
	entry = leaf_at(mm, addr, &huge);
	if (!(entry & _PAGE_PRESENT))
		return seen;
	return seen | MAP_PRESENT | (entry & _PAGE_RW ? MAP_WRITE : 0) | (huge ? MAP_HUGE : 0) |
	       contents_at(entry, huge, addr);
}

/* Does an entry of any mm say that @page was stored to? */
static bool entry_dirty(const struct page *page)
{
	for (unsigned int i = 0; i < WORLD_MMS; i++)
		for (unsigned long n = 0; world_mm[i] && n < WORLD_PAGES; n++) {
			bool huge;
			unsigned long entry = leaf_at(world_mm[i], PG(n), &huge);

			if (entry & _PAGE_PRESENT && entry & _PAGE_DIRTY &&
			    pfn_to_page(entry_pfn(entry)) == page)
				return true;
		}
	return false;
}

static u64 file_at(const struct address_space *file, unsigned int i)
{
	const struct page *page = file->pages[i];

	if (!page)
		return 0;
	return FILE_CACHED | world_value(page) << CONTENTS_SHIFT |
	       (test_bit(PG_dirty, &page->flags) || entry_dirty(page) ? FILE_DIRTY : 0);
}

/* A sum over frames, so that it does not depend on which they are. */
static u64 hidden(void)
{
	u64 sum = nr_free_pages() + model_nr_own_pages();

	for (unsigned long pfn = 1; pfn < max_pfn; pfn++) {
		const struct page *page = pfn_to_page(pfn);
		u64 h = page->type;

		if (page->type == PAGE_TAIL || !atomic_read(&page->_refcount))
			continue;
		h = h << 8 | page->order;
		h = h << 16 ^ (u64)atomic_read(&page->_refcount);
		h = h << 16 ^ (u64)atomic_read(&page->_mapcount);
		sum += (h ^ h >> 29) * 0x9e3779b97f4a7c15ULL;
	}
	return sum;
}

void program_outcome(void)
{
	for (unsigned int i = 0; i < WORLD_MMS; i++)
		for (unsigned int n = 0; n < WORLD_PAGES; n++)
			program_seen.map[i][n] =
				world_mm[i] ? map_at(world_mm[i], PG(n)) : MAP_GONE;
	for (unsigned int i = 0; i < WORLD_FILES; i++)
		for (unsigned int n = 0; n < WORLD_INDICES; n++)
			program_seen.file[i][n] = file_at(world_file[i], n) | world_disk[i][n]
										      << 32;
	program_hidden = hidden();
}
