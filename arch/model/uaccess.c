/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loads and stores of a CPU through its TLB, or through a walk of one step a level.
 *
 * A translation is looked up in one step and used in a later one. If an invalidation comes in
 * between, by a broadcast or in an interrupt, the address is translated again (SDM vol. 3A
 * 4.10.4; APM vol. 3 TLBSYNC: until the accesses that use what is invalidated are over). So the
 * two steps are equivalent to one. They are two because a handler may run between them.
 *
 * A store enters the store buffer with its physical address. An INVLPGB does not act on stores
 * in the buffer: that is not modelled.
 */
#include "model.h"
#include "store_buffer.h"
#include <kernel/errno.h>
#include <asm/pgtable_types.h>
#include <asm/uaccess.h>
#include <model/access.h>
#include <model/machine.h>

enum access { LOOK_UP, WALK_READ, WALK_UPDATE, USE_LOAD, USE_STORE };

/*
 * Take a step that depends on the TLB, and reads or writes @p if not NULL. Returns whether
 * nothing was invalidated since @epoch.
 */
static bool tlb_access(struct mcpu *c, enum access how, const volatile void *p, u64 epoch)
{
	static const enum op_kind kinds[] = {OP_LOAD, OP_LOAD, OP_HW, OP_LOAD, OP_STORE};
	bool write = how == WALK_UPDATE || how == USE_STORE;
	bool shared = p && shared_access(p, write);
	struct op *op;

	if (!machine.exploring || !tlb_in_use())
		return true;
	op = point_begin();
	op_touches(op, object(OBJ_TLB, machine.cpu), tlb_write(machine.cpu));
	if (how >= USE_LOAD)
		op_touches(op, object(OBJ_USE, machine.cpu), ACC_WRITE);
	if (how == USE_STORE && has_buffer(machine.cpu))
		op_touches(op, sb_next_slot(machine.cpu), ACC_WRITE | ACC_AWAIT | ACC_WAKE);
	else if (shared)
		op_touches(op, (uintptr_t)p & ~7UL, write ? ACC_WRITE : ACC_READ);
	point(kinds[how]);
	return tlb_epoch(c) == epoch;
}

enum walk_result { WALK_DONE, WALK_FAULT, WALK_AGAIN };

static enum walk_result walk(struct mcpu *c, unsigned long addr, bool store, u64 epoch)
{
	struct hw_walk w = tlb_begin_walk(c, addr);

	w.store = store;
	do {
		const unsigned long *entry = tlb_walk_reads(&w);

		if (!tlb_access(c, w.update ? WALK_UPDATE : WALK_READ, entry, epoch))
			return WALK_AGAIN;
		tlb_walk_event(machine.cpu, &w);
		if (walkers())
			hardware_follows(machine.cpu, w.table >> PAGE_SHIFT, w.level);
		if (!(*entry & _PAGE_PRESENT))
			return WALK_FAULT;
	} while (tlb_walk_one(c, &w));
	return WALK_DONE;
}

static u64 *target(const struct hw_tlb_entry *e, unsigned long addr)
{
	unsigned long size = e->level == PT_LEVEL_PTE ? PAGE_SIZE : PMD_SIZE;

	return (u64 *)((char *)__va(e->entry & PTE_PFN_MASK) + (addr & (size - 1) & ~7UL));
}

/* @ip: where the load or store returns to. */
static int access_once(u64 *load, const u64 *store, unsigned long addr, const void *ip)
{
	struct mcpu *c = this_mcpu();
	const struct hw_tlb_entry *e;
	u64 epoch, *word;

again:
	tlb_access(c, LOOK_UP, NULL, 0);
	epoch = tlb_epoch(c);
	while (!(e = tlb_lookup(c, addr, store))) {
		enum walk_result result = walk(c, addr, store, epoch);

		if (result == WALK_FAULT)
			return -EFAULT;
		if (result == WALK_AGAIN)
			goto again;
	}
	if (store && !(e->entry & _PAGE_RW)) {
		tlb_faulted(c, addr);
		return -EFAULT;
	}
	word = target(e, addr);
	if (!tlb_access(c, store ? USE_STORE : USE_LOAD, word, epoch))
		goto again;
	hardware_uses(machine.cpu, __pa(word) >> PAGE_SHIFT);
	if (store)
		hw_event_of((u32)(uintptr_t)ip, machine.cpu, EV_HW_STORE, *store, addr,
			    __pa(word) >> PAGE_SHIFT);
	if (load)
		*load = sb_value(c, word);
	if (load)
		hw_event_of((u32)(uintptr_t)ip, machine.cpu, EV_HW_LOAD, *load, addr,
			    __pa(word) >> PAGE_SHIFT);
	else if (machine.exploring && tlb_in_use() && has_buffer(machine.cpu))
		sb_enter(c, word, *store, sizeof(*store), false);
	else
		*word = *store;
	return 0;
}

static int user_access(u64 *load, const u64 *store, unsigned long addr, const void *ip)
{
	struct mcpu *c = this_mcpu();
	int ret;

	tlb_needed();
	tlb_accesses(c, 1);
	ret = access_once(load, store, addr, ip);
	tlb_accesses(c, -1);
	return ret;
}

int get_user_u64(u64 *val, unsigned long addr)
{
	return user_access(val, NULL, addr, __builtin_return_address(0));
}

void model_use_cached(unsigned long addr)
{
	u64 val;

	tlb_needed();
	tlb_access(this_mcpu(), LOOK_UP, NULL, 0);
	if (tlb_lookup(this_mcpu(), addr, false))
		get_user_u64(&val, addr);
}

int put_user_u64(u64 val, unsigned long addr)
{
	return user_access(NULL, &val, addr, __builtin_return_address(0));
}
