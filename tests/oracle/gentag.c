/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gentag: a table is the same table from the moment a walk gets a pointer to it to the
 * last entry that the walk reads in it.
 *
 * Shadow: a generation per frame, raised whenever the frame becomes a table, stops being
 * one, or is deposited; for each open walk, the frame and generation it entered
 * at each level.
 */
#include <kernel/cpumask.h>
#include <kernel/memblock.h>
#include <kernel/string.h>
#include <asm/pgtable_types.h>
#include <mm/page_alloc.h>
#include <tests/oracle.h>

static u32 *gens; /* [pfn] */

struct entered {
	bool open;
	u64 tsc;
	u64 pfn[PT_LEVEL_PGD];
	u32 gen[PT_LEVEL_PGD];
} __cacheline_aligned;
static struct entered *entered; /* [nr_walk_slots()], own CPU */

static const struct oracle gentag_oracle;

static void gen_raise(const struct event *ev)
{
	__atomic_fetch_add(&gens[ev->a], 1, __ATOMIC_SEQ_CST);
}

static void gen_alloc(const struct event *ev)
{
	gen_raise(ev);
}
OBSERVER(TABLE_ALLOC, gen_alloc);

static void gen_free(const struct event *ev)
{
	gen_raise(ev);
}
OBSERVER(TABLE_FREE, gen_free);

static void gen_deposit(const struct event *ev)
{
	gen_raise(ev);
}
OBSERVER(DEPOSIT, gen_deposit);

static void gen_walk(const struct event *ev)
{
	struct entered *e = &entered[walk_slot(ev)];

	memset(e->pfn, 0, sizeof(e->pfn));
	e->tsc = ev->tsc;
	e->open = true;
}
OBSERVER(WALK_BEGIN, gen_walk);

static void gen_walk_end(const struct event *ev)
{
	entered[walk_slot(ev)].open = false;
}
OBSERVER(WALK_END, gen_walk_end);

static void gen_read(const struct event *ev)
{
	struct entered *e = &entered[walk_slot(ev)];
	u64 in = PFN_DOWN(ev->a), to = entry_pfn(ev->b);

	if (!e->open)
		return;
	if (ev->c < PT_LEVEL_PGD && e->pfn[ev->c] == in && e->gen[ev->c] != READ_ONCE(gens[in]))
		oracle_fail(&gentag_oracle, op_of_task(ev->task), NO_CPU, e->tsc, ABOUT_TABLE(in),
			    "CPU%u reads table %#llx, level %llu, which is not the one it entered",
			    ev->cpu, (unsigned long long)in, (unsigned long long)ev->c);
	if (ev->c == PT_LEVEL_PTE || !(ev->b & _PAGE_PRESENT) || ev->b & _PAGE_PSE)
		return;
	if (!pfn_valid(to) || e->pfn[ev->c - 1] == to)
		return; /* entered before, perhaps at an older generation: the first one counts */
	e->pfn[ev->c - 1] = to;
	e->gen[ev->c - 1] = READ_ONCE(gens[to]);
}
OBSERVER(PT_READ, gen_read);

static void gentag_init(void)
{
	gens = memblock_alloc_or_die(PFN_DOWN(memblock_end()) * sizeof(*gens), 64,
				     "generation shadow");
	entered =
		memblock_alloc_or_die(nr_walk_slots() * sizeof(*entered), 64, "generation shadow");
}

static const struct oracle gentag_oracle = {
	.name = "gentag",
	.help = "a walk never reads a table that has changed identity since it entered it",
	.where = ORACLE_MODEL | ORACLE_METAL,
	.init = gentag_init,
};
ORACLE(gentag_oracle);
