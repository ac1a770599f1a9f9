/* SPDX-License-Identifier: GPL-2.0 */
/* Operations that use an address space and change nothing in it, but by a fault. */
#include <asm/uaccess.h>
#include <mm/gup.h>
#include <mm/mm.h>
#include <tests/pairs.h>

/*
 * A page is referenced, read or written through the direct map, and put back. GUP-fast may find
 * nothing at any time: it promises no more.
 */
static void gup(const struct op *op)
{
	struct page *page;

	if (may() || gup_fast_only(op->addr, 1, op->how, &page) != 1)
		return;
	result(0, 1);
	part_ends();
	result(1, world_value(page));
	gup_put_pages(&page, 1, op->how);
}

#define GUP .run = gup, .locks = "none, IRQs off", .only_reads = true
OP(gup_table, GUP, .world = "a page of a table", .in = MM_A, .addr = PAGE_TABLE, .how = FOLL_GET);
OP(gup_huge, GUP, .world = "a huge page", .in = MM_A, .addr = PAGE_HUGE, .how = FOLL_GET);

/* As a program would: a page fault is handled, then the instruction is run again. */
static void load(const struct op *op)
{
	u64 value = 0;
	int ret = 0;

	while (!ret && get_user_u64(&value, op->addr))
		ret = fault_in(world_mm[op->in], op->addr, false);
	result(0, (u64)ret);
	result(1, value);
}

static void store(const struct op *op)
{
	int ret = 0;

	while (!ret && put_user_u64(op->how, op->addr))
		ret = fault_in(world_mm[op->in], op->addr, true);
	result(0, (u64)ret);
}

#define ACCESS .locks = "none; mmap_lock read if it faults", .user = true, .only_reads = true
OP(load_table, ACCESS, .run = load, .world = "a page of a table", .in = MM_A, .addr = PAGE_TABLE);
OP(load_huge, ACCESS, .run = load, .world = "a huge page", .in = MM_A, .addr = PAGE_HUGE);
OP(store_table, ACCESS, .run = store, .world = "a page of a table", .in = MM_A, .addr = PAGE_TABLE,
   .how = 0x501);
OP(store_huge, ACCESS, .run = store, .world = "a huge page", .in = MM_A, .addr = PAGE_HUGE,
   .how = 0x502);
