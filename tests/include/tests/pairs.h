/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_PAIRS_H
#define TESTS_PAIRS_H

#include <kernel/linkset.h>
#include <mm/mm.h>
#include <tests/program.h>

/*
 * The world. Each kind of thing once, on sixteen pages an mm (a PTE table has two entries):
 *
 *	page	A			B			C
 *	2	anonymous	\ a	file 0	\ a table
 *	3	another VMA	/ table	file 1	/
 *	4, 5	huge, a table in deposit			hugetlb, as 8 to 11, but no
 *	6, 7	anonymous, a table, VMA of 4 to 7		table is there
 *	8, 9	file 0, 1, a table	hugetlb, PMD table shared by B and C
 *	10, 11	a VMA, nothing there	the rest of it: nothing there
 *	12, 13	hugetlb, PMD table shared by A, B and C
 *	14, 15	the rest of it: nothing there
 *
 * Pages 0 to 3, 4 to 7, ... are a PUD entry each; 0 to 7 and 8 to 15 a PGD entry each.
 */
#define PG(n)	       ((n)*PAGE_SIZE)
#define PAGE_ONE       PG(2UL) /* its neighbour: PAGE_NEXT, of another VMA */
#define PAGE_NEXT      PG(3UL)
#define PAGE_HUGE      PG(4UL)
#define PAGE_TABLE     PG(6UL) /* the first of two */
#define PAGE_FILE      PG(8UL)
#define PAGE_EMPTY     PG(10UL)
#define PAGE_THREE     PG(12UL) /* shared by three */
#define FILE_IN_B      PG(2UL)
#define PAGE_TWO       PG(8UL) /* shared by two, in B and C */
#define PAGE_TWO_AGAIN PG(4UL) /* in C */

enum { MM_A, MM_B, MM_C, NO_MM = WORLD_MMS };
enum { FILE_PTES, FILE_TWO, FILE_THREE };
extern struct mm_struct *world_mm[WORLD_MMS + 1]; /* NULL: none, or none any more */
extern struct address_space *world_file[WORLD_FILES];
extern u64 world_disk[WORLD_FILES][WORLD_INDICES]; /* what was written out */
extern struct rw_semaphore world_folio_lock; /* of page 0 of FILE_PTES; our pages have none */

void world_setup(void);
u64 world_value(const struct page *page); /* what the page contains */
u64 world_first(unsigned long addr); /* what A's anonymous page there contained at first */

/*
 * Locks that operations say they hold where they store to page tables. Checked in each order of
 * whole operations: locks.c.
 */
enum op_lock {
	MMAP_READ = BIT(0),
	MMAP_WRITE = BIT(1),
	VMA_READ = BIT(2), /* hugetlb_vma_lock */
	VMA_WRITE = BIT(3),
	INVALIDATE_READ = BIT(4), /* invalidate_lock */
	INVALIDATE_WRITE = BIT(5),
	FOLIO = BIT(6),
	I_MMAP_READ = BIT(7), /* i_mmap_rwsem */
	I_MMAP_WRITE = BIT(8),
	ANON_VMA = BIT(9), /* for write */
	PAGE_TABLE_LOCK = BIT(10),
	PMD_LOCK = BIT(11), /* of the entry that is stored to */
	PTL = BIT(12),
	OP_LOCKS = 13,
	/* Of an access that faults. */
	FAULTS = MMAP_READ | INVALIDATE_READ | VMA_READ | PAGE_TABLE_LOCK | PMD_LOCK | PTL,
};

/**
 * struct op - an operation, registered by linker set
 * @locks: enum op_lock: held when it stores to page tables, alone in the world as it is at first
 * @sometimes: those that it may hold then as well, after other operations
 * @world: what it is applied to
 * @run: the operation; its results by result()
 * @in: mm of the thread that calls it; NO_MM: a kernel thread, or any mm
 * @on: mms that it is given
 * @ends: mms that are gone afterwards: no other operation may be given them, or run in them
 * @addr, @len, @to, @how: arguments of @run
 * @user: it loads or stores at @addr, which is in the TLB of its CPU when the program begins
 * @only_reads: it takes no lock and changes no entry: GUP-fast, load, store
 * @nmis: it sends NMIs
 * @reuses: it puts a table to another use than its walkers know: it needs a sync
 */
struct op {
	const char *name, *world;
	u64 locks, sometimes;
	void (*run)(const struct op *op);
	unsigned int in, on, ends;
	unsigned long addr, len, to;
	unsigned int how;
	bool user, only_reads, nmis, reuses;
};
LINKSET_DECLARE(op, const struct op);
/* OP(munmap, .run = ..., ...): the operation of that name */
#define OP(n, ...)                                                 \
	static const struct op op_##n = {.name = #n, __VA_ARGS__}; \
	LINKSET_ADD(op, &op_##n)

/* A load at @op->addr by a thread of @op->in. */
void op_load(const struct op *op);

/* A number of the operation that runs on this CPU. */
void result(unsigned int i, u64 value);

/*
 * An operation that is not atomic has several parts: here one ends. When operations run one after
 * the other, parts of others are run in between.
 */
void part_ends(void);

/*
 * What an operation may also do, though alone it does not: false while a search runs; both ways
 * when operations run one after the other.
 */
static inline bool may(void)
{
	return as_if_choose(2);
}

#endif
