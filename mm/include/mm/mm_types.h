/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_MM_TYPES_H
#define MM_MM_TYPES_H

#include <kernel/cpumask.h>
#include <kernel/list.h>
#include <kernel/rcu.h>
#include <kernel/rwsem.h>
#include <asm/atomic.h>
#include <asm/mmu.h>
#include <asm/pgtable_types.h>

/*
 * One struct page per frame, 64 bytes. A frame that holds a page table is looked at
 * as a struct ptdesc; a block of 2^order frames as a folio, which is its first page.
 */
enum page_type {
	PAGE_RESERVED, /* never given to the allocator */
	PAGE_BUDDY, /* free, first of its block */
	PAGE_TAIL, /* not first of its block */
	PAGE_ANON,
	PAGE_FILE,
	PAGE_HUGETLB,
	PAGE_TABLE, /* see struct ptdesc */
	PAGE_KERNEL, /* anything else in use */
};

enum pageflags {
	PG_dirty, /* PAGE_FILE: changed since it was last written out; see <mm/writeback.h> */
};

struct address_space;

struct page {
	u8 type;
	u8 order;
	u16 tail; /* PAGE_TAIL: pages since the first one of the block; stale, never wild */
	u32 gen; /* how often this frame was allocated; [gentag] keeps its own */
	atomic_t _refcount; /* 0: free or frozen */
	atomic_t _mapcount; /* entries that map it */
	struct list_head lru; /* PAGE_BUDDY */
	struct address_space *mapping; /* PAGE_FILE, PAGE_HUGETLB */
	unsigned long index; /* offset in it, in pages of its size */
	atomic_t _pincount; /* FOLL_PIN references among _refcount */
	u32 __pad2;
	unsigned long flags; /* enum pageflags */
};

/**
 * struct ptdesc - a page-table page
 * @__pad: what it was as a tail (struct page): a lock-free walker may still look
 * @type: PAGE_TABLE
 * @level: enum pt_level
 * @pt_list: PTE table: deposited under a huge PMD. PMD table: unshared by a gather that
 *           has not yet settled it; empty otherwise
 * @pt_rcu_head: the freeing of this very table is pending
 * @ptl: guards the table's entries (PMD and PTE tables)
 * @pmd_huge_pte: PMD table: newest of the PTE tables deposited under its huge entries,
 *                linked by their @pt_list; under @ptl
 * @pt_share_count: PMD table of hugetlb: 0 exclusive, n: n more mms map it
 * @pt_owed: PMD table of hugetlb: CPUs with walkers of mms that have unshared it, whose
 *           flushes did not wait for them, and no sync since has; under the i_mmap lock.
 *           NULL: none
 */
struct ptdesc {
	u8 type;
	u8 level;
	u16 __pad;
	u32 gen;
	atomic_t _refcount;
	atomic_t pt_share_count;
	union {
		struct list_head pt_list;
		struct rcu_head pt_rcu_head;
	};
	spinlock_t ptl;
	struct ptdesc *pmd_huge_pte;
	struct cpumask *pt_owed;
};

BUILD_BUG_ON(sizeof(struct page) != 64);
BUILD_BUG_ON(sizeof(struct ptdesc) != sizeof(struct page));

/* vm_flags */
#define VM_WRITE    BIT(1)
#define VM_MAYSHARE BIT(3)
#define VM_HUGETLB  BIT(22)
#define VM_HUGEPAGE BIT(29)

struct vm_area_struct {
	unsigned long vm_start, vm_end; /* [vm_start, vm_end); mmap_lock and i_mmap_rwsem write */
	struct mm_struct *vm_mm;
	unsigned long vm_flags; /* mmap_lock write; hugetlb: and i_mmap_rwsem write */
	struct address_space *vm_mapping; /* NULL: anonymous */
	unsigned long vm_pgoff; /* of vm_start in the file, in 4 KiB pages */
	struct list_head vm_list; /* mm->mmap, ascending; mmap_lock write */
	struct list_head shared; /* mapping->i_mmap; i_mmap_rwsem write */
	struct rw_semaphore anon_vma_lock; /* Linux: vma->anon_vma->root->rwsem */
	struct rw_semaphore hugetlb_vma_lock; /* fault: read; unshare: write */
};

/**
 * struct address_space - a file: what retraction and PMD sharing need of one
 * @i_mmap_rwsem: guards @i_mmap; held for write to unshare a PMD table
 * @invalidate_lock: held for read by faults, for write to take pages out of mappings
 * @pages: page cache; entry i maps offset i << @page_shift
 */
struct address_space {
	struct rw_semaphore i_mmap_rwsem;
	struct rw_semaphore invalidate_lock;
	struct list_head i_mmap;
	spinlock_t pages_lock;
	unsigned long nrpages;
	unsigned int page_shift;
	struct page **pages;
};

struct mm_struct {
	pgd_t *pgd;
	mm_context_t context;
	struct cpumask cpu_bitmap; /* mm_cpumask() */
	struct rw_semaphore mmap_lock;
	spinlock_t page_table_lock; /* PUD and PGD entries */
	struct list_head mmap;
	atomic_t tlb_flush_pending; /* mmu_gathers in flight */
	atomic_t nr_pmds, nr_ptes; /* tables that this mm maps */
	char name[16];
};

extern struct mm_struct init_mm;

static inline struct cpumask *mm_cpumask(struct mm_struct *mm)
{
	return &mm->cpu_bitmap;
}

/* log2 of the distance between the entries that map @vma. Also for callers that found it by its file. */
static inline unsigned int vma_stride_shift(const struct vm_area_struct *vma)
{
	return READ_ONCE(vma->vm_flags) & VM_HUGETLB ? PMD_SHIFT : PAGE_SHIFT;
}

static inline void mmap_read_lock(struct mm_struct *mm)
{
	down_read(&mm->mmap_lock);
}

static inline void mmap_read_unlock(struct mm_struct *mm)
{
	up_read(&mm->mmap_lock);
}

static inline void mmap_write_lock(struct mm_struct *mm)
{
	down_write(&mm->mmap_lock);
}

static inline void mmap_write_unlock(struct mm_struct *mm)
{
	up_write(&mm->mmap_lock);
}

/* For flags that are read without mmap_lock, after the VMA was found by its file. */
static inline void vm_flags_reset_once(struct vm_area_struct *vma, unsigned long flags)
{
	lockdep_assert(rwsem_is_write_locked(&vma->vm_mm->mmap_lock));
	WRITE_ONCE(vma->vm_flags, flags);
}

#endif
