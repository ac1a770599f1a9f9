/* SPDX-License-Identifier: GPL-2.0 */
/*
 * split_unshare_early: split_vma() unshares the PMD table of a hugetlb VMA, and releases the locks
 * before it shortens the VMA: CVE-2025-38084 (081056dc00a2).
 *
 *	CPU0 split_vma()		CPU1 fault in another mm
 *	lock; unshare; unlock
 *					lock; shares the table again; unlock
 *	lock; vma->vm_end = addr
 *	(a VMA that covers a part of the table's GiB shares it)
 */
#include <mm/busted.h>
#include <mm/hugetlb.h>
#include <mm/mm_types.h>

DEFINE_BUSTED(
	split_unshare_early,
	"a split of a hugetlb VMA unshares, lets go of the locks, and splits (CVE-2025-38084)");

bool busted_hook_split_unshare_early(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_HUGETLB) {
		hugetlb_unlock_unshare(vma);
		hugetlb_lock_unshare(vma);
	}
	return false;
}
