/* SPDX-License-Identifier: GPL-2.0 */
/* Operations that change an address space, under its mmap_lock. */
#include <kernel/busted.h>
#include <mm/huge_mm.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <tests/pairs.h>

#define OF_A .in = MM_A, .on = BIT(MM_A)

static struct mm_struct *mm_of(const struct op *op)
{
	return world_mm[__builtin_ctz(op->on)];
}

static void fault(const struct op *op)
{
	result(0, (u64)fault_in(mm_of(op), op->addr, op->how));
}

#define FAULT .run = fault, .locks = MMAP_READ | PMD_LOCK | PTL, .sometimes = PAGE_TABLE_LOCK
OP(fault_read, FAULT, .world = "an empty range of a VMA", OF_A, .addr = PAGE_EMPTY);
OP(fault_write, FAULT, .world = "an empty range of a VMA", OF_A, .addr = PAGE_EMPTY, .how = true);

DEFINE_BUSTED(pairs_unmap_busy, "munmap() of an mm that is locked returns 0 and does nothing");

static void unmap(const struct op *op)
{
	if (busted(pairs_unmap_busy) && rwsem_is_locked(&mm_of(op)->mmap_lock))
		return;
	result(0, (u64)mm_munmap(mm_of(op), op->addr, op->len));
}

#define MUNMAP	.run = unmap, .sometimes = PMD_LOCK | PTL
#define OF_PTES .locks = MMAP_WRITE | PTL
#define OF_BOTH .locks = MMAP_WRITE | PTL | PMD_LOCK
OP(munmap_part, MUNMAP, OF_PTES, .world = "one of two pages of a table", OF_A, .addr = PAGE_TABLE,
   .len = PG(1));
OP(munmap_table, MUNMAP, OF_PTES, .world = "all pages of a table", OF_A, .addr = PAGE_TABLE,
   .len = PMD_SIZE);
OP(munmap_pmds, MUNMAP, OF_BOTH, .world = "a huge page and a table: all of a PMD table", OF_A,
   .addr = PAGE_HUGE, .len = PUD_SIZE);
OP(munmap_puds, MUNMAP, OF_BOTH,
   .world = "a part of a table, and a huge page of the next PMD table", OF_A, .addr = PAGE_NEXT,
   .len = PAGE_TABLE - PAGE_NEXT);
OP(munmap_pgds, MUNMAP, OF_PTES, .world = "a table, and a table of a file below another PUD table",
   OF_A, .addr = PAGE_TABLE, .len = PAGE_EMPTY - PAGE_TABLE);

static void dontneed(const struct op *op)
{
	result(0, (u64)mm_madvise_dontneed(mm_of(op), op->addr, op->len));
}

#define DONTNEED .run = dontneed, .sometimes = PMD_LOCK | PTL
OP(dontneed, DONTNEED, .locks = MMAP_READ | PTL, .world = "one of two pages of a table", OF_A,
   .addr = PAGE_TABLE, .len = PG(1));
OP(dontneed_huge, DONTNEED, .locks = MMAP_READ | PMD_LOCK | PTL,
   .world = "half of a huge page, which is split", OF_A, .addr = PAGE_HUGE, .len = PG(1));

OP(dontneed_whole, DONTNEED, .locks = MMAP_READ | PMD_LOCK,
   .world = "a huge page and the table in deposit for it", OF_A, .addr = PAGE_HUGE,
   .len = PMD_SIZE);

/* @how: and back */
static void protect(const struct op *op)
{
	result(0, (u64)mm_mprotect(mm_of(op), op->addr, op->len, false));
	if (!op->how)
		return;
	part_ends();
	result(1, (u64)mm_mprotect(mm_of(op), op->addr, op->len, true));
}

#define PROTECT .run = protect, .sometimes = PMD_LOCK | PTL
OP(protect_table, PROTECT, .locks = MMAP_WRITE | PTL, .world = "all pages of a table", OF_A,
   .addr = PAGE_TABLE, .len = PMD_SIZE);
OP(protect_back, PROTECT, .locks = MMAP_WRITE | PTL,
   .world = "a page of a table: read-only, and writable again", OF_A, .addr = PAGE_TABLE,
   .len = PG(1), .how = true);
OP(protect_huge, PROTECT, .locks = MMAP_WRITE | PMD_LOCK, .world = "a huge page", OF_A,
   .addr = PAGE_HUGE, .len = PMD_SIZE);

static void collapse(const struct op *op)
{
	result(0, (u64)collapse_huge_page(mm_of(op), op->addr));
}

OP(collapse, .run = collapse, .locks = MMAP_WRITE | ANON_VMA | PMD_LOCK,
   .world = "two pages of a table", .in = NO_MM, .on = BIT(MM_A), .addr = PAGE_TABLE,
   .reuses = true);

static void split(const struct op *op)
{
	result(0, (u64)mm_split_huge_pmd(mm_of(op), op->addr));
}

OP(split, .run = split, .locks = MMAP_READ | PMD_LOCK, .world = "a huge page", OF_A,
   .addr = PAGE_HUGE);
