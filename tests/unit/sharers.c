/* SPDX-License-Identifier: GPL-2.0 */
/* Sharers of PMD tables. See <tests/sharers.h>. */
#include <tests/sharers.h>

static bool add_sharer(struct sharers *s, unsigned int i)
{
	struct mm_struct *mm = mm_alloc(i ? "sharer" : "owner");

	s->mm[i] = mm;
	if (!mm ||
	    mm_mmap(mm, SHARED_ADDR, s->gib * PUD_SIZE, VM_WRITE | VM_MAYSHARE | VM_HUGETLB,
		    s->file, 0) ||
	    mm_mmap(mm, SHARED_ADDR - PMD_SIZE, PAGE_SIZE, VM_WRITE, NULL, 0) ||
	    fault_in(mm, SHARED_ADDR - PMD_SIZE, true))
		return false;
	for (unsigned long gib = 0; gib < s->gib; gib++)
		if (fault_in(mm, SHARED_ADDR + gib * PUD_SIZE, true))
			return false;
	return true;
}

bool sharers_begin(struct sharers *s, unsigned int nr, unsigned long gib)
{
	*s = (struct sharers){.gib = gib, .file = mapping_alloc(gib * PTRS_PER_TABLE, PMD_SHIFT)};
	if (!s->file)
		return false;
	for (unsigned int i = 0; i < nr; i++)
		if (!add_sharer(s, i))
			return false;
	return true;
}

void sharers_end(struct sharers *s)
{
	for (unsigned int i = 0; i < MAX_SHARERS; i++)
		if (s->mm[i])
			mm_free(s->mm[i]);
	if (s->file)
		mapping_free(s->file);
}

const char *sharers_lack(unsigned long gib)
{
	return nr_free_pages() < (gib + 1) * HPAGE_PMD_NR
		       ? "not enough free memory for the huge pages: give more MEM="
		       : NULL;
}

struct ptdesc *sharers_table(struct mm_struct *mm, unsigned long gib)
{
	pmd_t *pmdp = mm_find_pmd(mm, SHARED_ADDR + gib * PUD_SIZE);

	return pmdp ? virt_to_ptdesc(pmdp) : NULL;
}

int sharers_unshare(struct mm_struct *mm, unsigned long gib)
{
	return mm_munmap(mm, SHARED_ADDR + gib * PUD_SIZE, PUD_SIZE);
}

int sharers_reuse(struct sharers *s)
{
	return mm_munmap(s->mm[0], SHARED_ADDR, PMD_SIZE);
}
