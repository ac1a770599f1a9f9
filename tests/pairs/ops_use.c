/* SPDX-License-Identifier: GPL-2.0 */
/* Operations that use an address space and change nothing in it, but by a fault. */
#include <asm/uaccess.h>
#include <kernel/busted.h>
#include <mm/gup.h>
#include <mm/mm.h>
#include <mm/writeback.h>
#include <tests/pairs.h>

DEFINE_BUSTED(pairs_keep_page, "a page that GUP-fast has referenced is not put back");
DEFINE_BUSTED(pairs_pin_clean, "a pinned page of a file is written to and not made dirty");
DEFINE_BUSTED(pairs_old_load, "a load gives what the page contained when the program began");

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
	if (op->how & FOLL_WRITE)
		*(u64 *)page_address(page) = op->to;
	if (!busted(pairs_keep_page))
		gup_put_pages(&page, 1, op->how);
}

#define GUP .run = gup, .only_reads = true
OP(gup_table, GUP, .world = "a page of a table", .in = MM_A, .addr = PAGE_TABLE, .how = FOLL_GET);
OP(gup_huge, GUP, .world = "a huge page", .in = MM_A, .addr = PAGE_HUGE, .how = FOLL_GET);
OP(gup_file, GUP, .world = "a page of a file", .in = MM_A, .addr = PAGE_FILE, .how = FOLL_GET);
OP(gup_two, GUP, .world = "hugetlb, shared", .in = MM_C, .addr = PAGE_TWO, .how = FOLL_GET);
OP(gup_three, GUP, .world = "hugetlb, shared", .in = MM_C, .addr = PAGE_THREE, .how = FOLL_GET);
OP(gup_pin, GUP, .world = "a page of a table", .in = MM_A, .addr = PAGE_TABLE, .how = FOLL_PIN);
OP(gup_write, GUP, .world = "a page of a table", .in = MM_A, .addr = PAGE_TABLE,
   .how = FOLL_PIN | FOLL_WRITE, .to = 0x600);

/*
 * As gup() for writing, of a page of a file. Stores by the direct map leave no Dirty bit: the page is made
 * dirty under the folio lock, before the pin goes. Linux: unpin_user_pages_dirty_lock().
 */
static void gup_dirty(const struct op *op)
{
	struct page *page;

	if (may() || gup_fast_only(op->addr, 1, op->how, &page) != 1)
		return;
	result(0, 1);
	part_ends();
	page_dirty(page); /* a step, as the plain store is none: it may come long after the pin */
	*(u64 *)page_address(page) = op->to;
	part_ends();
	down_write(&world_folio_lock);
	if (!busted(pairs_pin_clean) || as_if_running())
		set_page_dirty(page);
	up_write(&world_folio_lock);
	gup_put_pages(&page, 1, op->how);
}

OP(gup_dirty, .run = gup_dirty, .only_reads = true,
   .world = "a page of a file, which is written to", .in = MM_A, .addr = PAGE_FILE,
   .how = FOLL_PIN | FOLL_WRITE, .to = 0x601);

/*
 * As a program would: a page fault is handled, then the instruction is run again. Between the two
 * others may run: what the fault has mapped stays, whatever the instruction finds then.
 */
static int handle_fault(const struct op *op, bool write)
{
	int ret = fault_in(world_mm[op->in], op->addr, write);

	if (!ret && may())
		part_ends();
	return ret;
}

void op_load(const struct op *op)
{
	u64 value = 0;
	int ret = 0;

	while (!ret && get_user_u64(&value, op->addr))
		ret = handle_fault(op, false);
	result(0, (u64)ret);
	result(1, busted(pairs_old_load) && !as_if_running() ? world_first(op->addr) : value);
}

static void store(const struct op *op)
{
	int ret = 0;

	while (!ret && put_user_u64(op->how, op->addr))
		ret = handle_fault(op, true);
	result(0, (u64)ret);
}

#define ACCESS .sometimes = FAULTS, .user = true, .only_reads = true
OP(load_table, ACCESS, .run = op_load, .world = "a page of a table", .in = MM_A,
   .addr = PAGE_TABLE);
OP(load_huge, ACCESS, .run = op_load, .world = "a huge page", .in = MM_A, .addr = PAGE_HUGE);
OP(load_one, ACCESS, .run = op_load, .world = "a page of two VMAs' table", .in = MM_A,
   .addr = PAGE_ONE);
OP(load_empty, ACCESS, .run = op_load, .world = "an empty range", .in = MM_A, .addr = PAGE_EMPTY);
OP(load_file, ACCESS, .run = op_load, .world = "a page of a file", .in = MM_A, .addr = PAGE_FILE);
OP(load_two, ACCESS, .run = op_load, .world = "hugetlb, shared", .in = MM_B, .addr = PAGE_TWO);
OP(load_three, ACCESS, .run = op_load, .world = "hugetlb, shared", .in = MM_C, .addr = PAGE_THREE);
OP(store_table, ACCESS, .run = store, .world = "a page of a table", .in = MM_A, .addr = PAGE_TABLE,
   .how = 0x501);
OP(store_huge, ACCESS, .run = store, .world = "a huge page", .in = MM_A, .addr = PAGE_HUGE,
   .how = 0x502);
OP(store_one, ACCESS, .run = store, .world = "a page of two VMAs' table", .in = MM_A,
   .addr = PAGE_ONE, .how = 0x503);
OP(store_file, ACCESS, .run = store, .world = "a page of a file", .in = MM_A, .addr = PAGE_FILE,
   .how = 0x504);
OP(store_file_b, ACCESS, .run = store, .world = "the same page, by B", .in = MM_B,
   .addr = FILE_IN_B, .how = 0x505);
OP(store_two, ACCESS, .run = store, .world = "hugetlb, shared", .in = MM_B, .addr = PAGE_TWO,
   .how = 0x506);
