/* SPDX-License-Identifier: GPL-2.0 */
/*
 * poison: a table in which no walker may be any more is made to reveal walkers.
 *
 * When a table is freed or deposited, each of its entries is made to point to one frame,
 * the tripwire, which is full of entries that point to itself. A walker that is still
 * inside follows one of them, at whatever level, and reads that frame number; the
 * hardware's page-table walker maps it, and a load finds it (see canary.c).
 */
#include <kernel/memblock.h>
#include <kernel/string.h>
#include <asm/pgtable_types.h>
#include <mm/page_alloc.h>
#include <tests/oracle.h>

static unsigned long tripwire;
static u64 *walk_began; /* [nr_walk_slots()], tsc of the open walk; own CPU */

static const struct oracle poison_oracle;

unsigned long tripwire_pfn(void)
{
	return tripwire;
}

static void poison_table(u64 pfn)
{
	u64 *entry = __va(PFN_PHYS(pfn));

	for (unsigned int i = 0; i < PTRS_PER_TABLE; i++)
		WRITE_ONCE(entry[i], PFN_PHYS(tripwire) | _PAGE_USER_RW);
}

static void poison_freed(const struct event *ev)
{
	poison_table(ev->a);
}
OBSERVER(TABLE_FREE, poison_freed);

static void poison_deposited(const struct event *ev)
{
	poison_table(ev->a);
}
OBSERVER(DEPOSIT, poison_deposited);

static void poison_walk(const struct event *ev)
{
	walk_began[walk_slot(ev)] = ev->tsc;
}
OBSERVER(WALK_BEGIN, poison_walk);

static void poison_read(const struct event *ev)
{
	unsigned long pfn = entry_pfn(ev->b);

	if (!(ev->b & _PAGE_PRESENT) || (pfn != tripwire && pfn_valid(pfn)))
		return;
	oracle_fail(&poison_oracle, op_of_task(ev->task), NO_CPU, walk_began[walk_slot(ev)],
		    ABOUT_TABLE(PFN_DOWN(ev->a)), "CPU%u reads %s from %#llx, level %llu", ev->cpu,
		    pfn == tripwire ? "the tripwire" : "an entry that leads outside of RAM",
		    (unsigned long long)ev->a, (unsigned long long)ev->c);
}
OBSERVER(PT_READ, poison_read);

static void poison_init(void)
{
	void *page = memblock_alloc_or_die(PAGE_SIZE, PAGE_SIZE, "tripwire");

	tripwire = PFN_DOWN(__pa(page));
	poison_table(tripwire);
	walk_began =
		memblock_alloc_or_die(nr_walk_slots() * sizeof(*walk_began), 64, "poison shadow");
}

static const struct oracle poison_oracle = {
	.name = "poison",
	.help = "no walker reads a freed or deposited table",
	.where = ORACLE_MODEL | ORACLE_METAL,
	.init = poison_init,
};
ORACLE(poison_oracle);
