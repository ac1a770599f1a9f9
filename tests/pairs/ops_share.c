/* SPDX-License-Identifier: GPL-2.0 */
/* Operations on hugetlb, whose PMD tables are shared; and the exit of an mm that shares two. */
#include <mm/mm.h>
#include <tests/pairs.h>
#include <tests/scenario_actors.h>

#define LEAVES MMAP_WRITE | VMA_WRITE | I_MMAP_WRITE | PAGE_TABLE_LOCK
#define OF_B   .in = MM_B, .on = BIT(MM_B)
#define OF_C   .in = MM_C, .on = BIT(MM_C)
#define HALF   (PUD_SIZE / 2)

static void fault(const struct op *op)
{
	result(0, (u64)fault_in(world_mm[op->in], op->addr, true));
}

#define FAULT .run = fault, .sometimes = PAGE_TABLE_LOCK | PMD_LOCK | I_MMAP_READ
OP(fault_three, FAULT, .locks = MMAP_READ | VMA_READ | PMD_LOCK,
   .world = "a page that is not there, of a table shared by three", .in = MM_A, .on = BIT(MM_A),
   .addr = PAGE_THREE + HALF);
OP(share, FAULT, .locks = MMAP_READ | VMA_READ | I_MMAP_READ | PAGE_TABLE_LOCK,
   .world = "an mm comes to share a table", OF_C, .addr = PAGE_TWO_AGAIN);

static void unmap(const struct op *op)
{
	result(0, (u64)mm_munmap(world_mm[op->in], op->addr, op->len));
}

#define UNSHARE .reuses = true, .run = unmap, .locks = LEAVES, .sometimes = PMD_LOCK
OP(unshare_two, UNSHARE, .world = "of two mms one leaves the table", OF_B, .addr = PAGE_TWO,
   .len = PUD_SIZE);
OP(unshare_two_too, UNSHARE, .world = "the other one", OF_C, .addr = PAGE_TWO, .len = PUD_SIZE);
OP(unshare_three, UNSHARE, .world = "of three mms one leaves the table", OF_C, .addr = PAGE_THREE,
   .len = PUD_SIZE);
OP(unshare_three_too, UNSHARE, .world = "another one", OF_B, .addr = PAGE_THREE, .len = PUD_SIZE);
OP(split_two, UNSHARE, .world = "a VMA is split inside the shared GiB", OF_B,
   .addr = PAGE_TWO + HALF, .len = HALF);

static void protect(const struct op *op)
{
	result(0, (u64)mm_mprotect(world_mm[op->in], op->addr, op->len, false));
}

#define PROTECT .reuses = true, .run = protect, .locks = LEAVES, .sometimes = PMD_LOCK
OP(protect_two, PROTECT, .world = "of two mms that share a table one allows no writes", OF_B,
   .addr = PAGE_TWO, .len = PUD_SIZE);
OP(protect_half, PROTECT, .world = "half of the GiB that a shared table maps", OF_B,
   .addr = PAGE_TWO, .len = HALF);

OP(protect_three, PROTECT, .world = "of three mms that share a table one allows no writes", OF_C,
   .addr = PAGE_THREE, .len = PUD_SIZE);

static void exit(const struct op *op)
{
	unsigned int mm = (unsigned int)__builtin_ctz(op->ends);

	scenario_mm_free(world_mm[mm]);
	world_mm[mm] = NULL;
}

#define EXIT .reuses = true, .run = exit, .in = NO_MM
OP(exit, EXIT, .locks = LEAVES, .sometimes = PMD_LOCK, .world = "an mm that shares two tables",
   .on = BIT(MM_C), .ends = BIT(MM_C));
OP(exit_a, EXIT, .locks = LEAVES | PMD_LOCK | PTL,
   .world = "an mm that has everything but a table shared by two", .on = BIT(MM_A),
   .ends = BIT(MM_A));
OP(exit_b, EXIT, .locks = LEAVES | PTL, .sometimes = PMD_LOCK,
   .world = "an mm that maps a file and shares two tables", .on = BIT(MM_B), .ends = BIT(MM_B));
