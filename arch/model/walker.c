/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walks of the page tables that a CPU begins by itself, at any time, for an address of the
 * scenario (fill_va): PROC_FILL, one step for each entry that a walk reads (tlb.c).
 */
#include "proc.h"
#include <asm/page.h>
#include <asm/pgtable_types.h>

unsigned int walkers(void)
{
	unsigned int n = 0;

	linkset_for_each (page_walker, p)
		n += model_has(p->kind) > 0;
	return n;
}

bool walkers_turn(void)
{
	return walkers() > 1;
}

bool tlb_turns(void)
{
	return walkers();
}

static bool may_read(const struct mcpu *c, const struct page_walker *p)
{
	return c->left[p->kind] || hw_state(*p->state, c)->walk.active;
}

/* ACC_TURN, if a step of @cpu that is not @me's may change what a walker reads next. */
static unsigned int turn(unsigned int cpu, const struct page_walker *me)
{
	linkset_for_each (page_walker, p)
		if (p != me && may_read(&machine.cpus[cpu], p))
			return ACC_TURN;
	return 0;
}

unsigned int tlb_write(unsigned int cpu)
{
	return ACC_WRITE | turn(cpu, NULL);
}

bool walker_enabled(unsigned int cpu, const struct page_walker *p)
{
	const struct mcpu *c = &machine.cpus[cpu];

	/* Also if the TLB has a translation, since hardware might have evicted it. Not while preempted:
	 * the physical CPU then only uses and fills entries with the tag of another vCPU. */
	return may_read(c, p) && runs(c) && c->cr3 & PTE_PFN_MASK;
}

static struct hw_walk next_read(const struct mcpu *c, const struct page_walker *p)
{
	const struct hw_walk *w = &hw_state(*p->state, c)->walk;

	return w->active ? *w : tlb_begin_walk(c, model_config.fill_va);
}

unsigned int walker_next(unsigned int cpu, const struct page_walker *p, struct model_acc *acc)
{
	const struct mcpu *c = &machine.cpus[cpu];
	struct hw_walk w;
	unsigned int n;

	if (!may_read(c, p) && !hw_state(*p->state, c)->cut)
		return 0;
	n = add(acc, 0, object(OBJ_TLB, cpu), ACC_WRITE | ACC_AWAIT | turn(cpu, p));
	if (!walker_enabled(cpu, p))
		return n;
	w = next_read(c, p);
	return add(acc, n, (uintptr_t)tlb_walk_reads(&w),
		   w.update ? ACC_READ | ACC_WRITE : ACC_READ);
}

void walker_step(unsigned int cpu, const struct page_walker *p)
{
	struct mcpu *c = &machine.cpus[cpu];
	struct hw_walk w = next_read(c, p), *mine = &hw_state(*p->state, c)->walk;

	tlb_walk_event(cpu, &w);
	if (w.update)
		hardware_writes(cpu, tlb_walk_reads(&w));
	else
		hardware_reads(cpu, tlb_walk_reads(&w));
	hardware_follows(cpu, w.table >> PAGE_SHIFT, w.level);
	c->left[p->kind] -= !mine->active;
	w.active = tlb_walk_one(c, &w);
	*mine = w;
}

static HW_STATE(struct walker, fill);
static const struct page_walker fill_walker = {&fill, PROC_FILL};
LINKSET_ADD(page_walker, &fill_walker);

static bool fill_enabled(unsigned int cpu)
{
	return walker_enabled(cpu, &fill_walker);
}

static unsigned int fill_next(unsigned int cpu, struct model_acc *acc)
{
	return walker_next(cpu, &fill_walker, acc);
}

static void fill_step(unsigned int cpu)
{
	walker_step(cpu, &fill_walker);
}

PROC(fill, .kind = PROC_FILL, .name = "fill", .does = "fill", .choice = "page walker",
     .turns = walkers_turn);
