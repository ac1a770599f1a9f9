/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A read of an entry without the lock of its table is a sync point: another CPU may change the entry
 * before it, so the torture delays there and the explorer stops CPUs there.
 */
#include <kernel/bug.h>
#include <kernel/event.h>
#include <kernel/ktest.h>
#include <kernel/string.h>
#include <mm/mm.h>

#define ADDR 0x40000000UL

/* Of the looks at one entry, in the order of time: R at a sync point that reads it, W that writes. */
static const volatile void *watched;
static char seen[16];
static unsigned int nr_seen;

static void watch_hook(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	if (obj == watched && nr_seen < sizeof(seen) - 1)
		seen[nr_seen++] = rw == SYNC_READ ? 'R' : 'W';
}

static void watch(const volatile void *entry)
{
	memset(seen, 0, sizeof(seen));
	nr_seen = 0;
	watched = entry;
	sync_point_hook = watch_hook;
}

static struct mm_struct *mapped_mm(void)
{
	struct mm_struct *mm = mm_alloc("lockless");

	BUG_ON(!mm || mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE, NULL, 0) || fault_in(mm, ADDR, true));
	return mm;
}

KTEST(mm, relook_is_a_sync_point)
{
	struct mm_struct *mm;
	spinlock_t *ptl;
	pte_t *ptep;

	if (!CONFIG_HOOKS || sync_point_hook)
		KSKIP(t, "needs the hook");
	mm = mapped_mm();
	watch(mm_find_pmd(mm, ADDR));
	ptep = pte_offset_map_lock(mm_find_pmd(mm, ADDR), ADDR, &ptl);
	sync_point_hook = NULL;
	KASSERT(t, ptep);
	spin_unlock(ptl);
	/* Before the lock, and under a lock that is not the PMD's. */
	KEXPECT_EQ(t, strcmp(seen, "RR"), 0);
	mm_free(mm);
}

KTEST(mm, unhooking_looks_at_sync_points)
{
	struct mm_struct *mm;

	if (!CONFIG_HOOKS || sync_point_hook)
		KSKIP(t, "needs the hook");
	mm = mapped_mm();
	watch(mm_find_pmd(mm, ADDR));
	KEXPECT_EQ(t, mm_munmap(mm, ADDR, PAGE_SIZE), 0);
	sync_point_hook = NULL;
	/* What free_pgd_range() takes out it has looked at, after all looks of the unmapping. */
	KEXPECT_GE(t, nr_seen, 4);
	KEXPECT_EQ(t, seen[nr_seen - 1], 'W');
	KEXPECT_EQ(t, seen[nr_seen - 2], 'R');
	mm_free(mm);
}
