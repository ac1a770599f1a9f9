/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/thp.h>. */
#include <tests/thp.h>

static bool map_thp(struct mm_struct *mm)
{
	if (mm_mmap(mm, THP_ADDR, PMD_SIZE, VM_WRITE, NULL, 0))
		return false;
	for (unsigned long i = 0; i < HPAGE_PMD_NR; i++)
		if (fault_in(mm, THP_ADDR + i * PAGE_SIZE, true))
			return false;
	return true;
}

struct mm_struct *thp_mm(const char *name)
{
	struct mm_struct *mm = mm_alloc(name);

	if (!mm || map_thp(mm))
		return mm;
	mm_free(mm);
	return NULL;
}
