/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/scenario_move.h>. */
#include <mm/mremap.h>
#include <mm/vma.h>
#include <tests/scenario_move.h>

struct mm_struct *move_mm;
struct address_space *move_file;

static struct {
	struct vm_area_struct *old_vma, *new_vma;
	unsigned long old, new, len;
} held;

void move_setup(unsigned long nr)
{
	move_mm = scenario_mm("mm");
	move_file = scenario_file(nr);
}

void move_hold(unsigned long old, unsigned long new, unsigned long len)
{
	mmap_write_lock(move_mm);
	held.old_vma = vma_lookup(move_mm, old);
	held.new_vma = vma_lookup(move_mm, new);
	held.old = old;
	held.new = new;
	held.len = len;
	down_write(&move_file->invalidate_lock);
}

void move_pages(void)
{
	scenario_check(move_page_tables(held.old_vma, held.old, held.new_vma, held.new, held.len) ==
		       held.len);
}
