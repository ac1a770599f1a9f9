/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/scenario_writeback.h>. */
#include <mm/writeback.h>
#include <tests/scenario_writeback.h>

void scenario_map_written(struct written_page *p, unsigned long addr, bool write)
{
	p->mm = scenario_mm("mm");
	p->file = scenario_file(1);
	p->addr = addr;
	scenario_map_file(p->mm, addr, PAGE_SIZE, p->file, 0);
	scenario_check(!fault_in(p->mm, addr, write));
	p->page = mapping_get_page(p->file, 0);
	scenario_check(p->page);
	scenario_run_in(1, p->mm);
}

void scenario_write_out(struct written_page *p)
{
	if (clear_page_dirty_for_io(p->page))
		p->written = READ_ONCE(*(u64 *)page_address(p->page));
}

/* Clean means: what the page holds is what was written. */
static bool last_store_is_known(const struct written_page *p)
{
	pmd_t pmd = pmdp_get_lockless(mm_find_pmd(p->mm, p->addr));

	return page_dirty(p->page) ||
	       pte_dirty(ptep_get_lockless(pte_offset_lockless(pmd, p->addr))) ||
	       *(u64 *)page_address(p->page) == p->written;
}

void scenario_check_written(const struct written_page *p)
{
	scenario_check(last_store_is_known(p));
}
