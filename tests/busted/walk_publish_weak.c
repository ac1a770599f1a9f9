/* SPDX-License-Identifier: GPL-2.0 */
/*
 * walk_publish_weak: a walker publishes its mm, and orders its reads by a read barrier: the
 * upstream series v4. A store may stay in the store buffer while later loads are executed.
 *
 *	CPU0 collapse			CPU1 walker
 *					active_lockless_pt_walk_mm = mm
 *					(in the store buffer)
 *					pmd = read PMD
 *	clear PMD; flush, no interrupt
 *	finds no walker
 *	deposit the table
 *					pte = read PTE in the table
 */
#include <mm/pt_walk.h>

DEFINE_BUSTED(walk_publish_weak, "walkers publish their mm with a read barrier only (series v4)");

bool busted_hook_walk_publish_weak(struct mm_struct *mm, struct mm_struct **outer)
{
	*outer = this_cpu_read(active_lockless_pt_walk_mm);
	shared_this_cpu_write(SITE_WALK, active_lockless_pt_walk_mm, mm);
	smp_rmb(); /* the reads of the walk may pass the store */
	return true;
}
