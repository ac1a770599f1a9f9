/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pins: a page that is pinned through an mm is a page of that mm, mapped at that address. No
 * page is pinned while its contents are being moved, or by an entry that is not Present.
 *
 * Shadow: for each frame of anonymous memory the one (mm, address) that maps it, from its
 * allocation to its freeing; and the 2 MiB ranges between the moment a collapse has found
 * every page unreferenced and the moment it has mapped the copy.
 */
#include <kernel/memblock.h>
#include <kernel/printk.h>
#include <asm/pgtable_types.h>
#include <mm/page_alloc.h>
#include <tests/oracle.h>

enum { OWNER_FREE, OWNER_FILE, OWNER_UNMAPPED };
static u64 *owner; /* [pfn]: one of those, or owner_of() */
static u64 *walk_began;
static u64 *last_read; /* by the walk of this CPU: the entry by which it pins the page */
static unsigned int moves_before[CONFIG_NR_CPUS]; /* nr_moves at that read */

/* The newest moves by mremap(): what the page was mapped by before; and the move's number. */
#define MAX_MOVES 32
static struct {
	u64 pfn, from;
	unsigned int nr;
} moves[MAX_MOVES];
static unsigned int nr_moves; /* written under oracle_lock() */

#define MAX_ISOLATED 64
static struct {
	u64 mm, addr, tsc;
	u16 cpu;
	u8 op;
} isolated[MAX_ISOLATED];
static unsigned int nr_isolated;

static const struct oracle pins_oracle;
ORACLE_LOSS(lost, &pins_oracle, "collapses under way", MAX_ISOLATED);

static u64 owner_of(u64 mm, u64 addr)
{
	return mm << 40 | addr >> PAGE_SHIFT;
}

static void set_owner(u64 pfn, unsigned int order, u64 o, u64 step)
{
	for (u64 i = 0; i < 1ULL << order; i++, o += step)
		WRITE_ONCE(owner[pfn + i], o);
}

static void pins_alloc(const struct event *ev)
{
	set_owner(ev->a, (unsigned int)ev->b, ev->c == PAGE_ANON ? OWNER_UNMAPPED : OWNER_FILE, 0);
}
OBSERVER(PAGE_ALLOC, pins_alloc);

static void pins_free(const struct event *ev)
{
	set_owner(ev->a, (unsigned int)ev->b, OWNER_FREE, 0);
}
OBSERVER(PAGE_FREE, pins_free);

static void isolated_forget(u64 mm, u64 addr)
{
	for (unsigned int i = 0; i < nr_isolated; i++)
		if (isolated[i].mm == mm && isolated[i].addr == addr)
			isolated[i] = isolated[--nr_isolated];
}

static void note_move(const struct event *ev)
{
	unsigned long flags = oracle_lock();
	unsigned int nr = nr_moves, i = nr % MAX_MOVES;

	moves[i].pfn = ev->a;
	moves[i].from = owner[ev->a];
	moves[i].nr = nr;
	WRITE_ONCE(nr_moves, nr + 1);
	oracle_unlock(flags);
}

/* Was the page still mapped by @from when this CPU read the entry for the last time? */
static bool moved_since(const struct event *ev, u64 from)
{
	for (unsigned int i = 0; i < MAX_MOVES; i++)
		if (moves[i].pfn == ev->b && moves[i].from == from &&
		    moves[i].nr >= moves_before[ev->cpu])
			return true;
	return false;
}

static void pins_map(const struct event *ev)
{
	unsigned int order = 0;
	unsigned long flags;

	if (READ_ONCE(owner[ev->a]) == OWNER_FILE)
		return;
	if (READ_ONCE(nr_isolated)) {
		flags = oracle_lock();
		isolated_forget(ev->b, ev->c);
		oracle_unlock(flags);
	}
	if (READ_ONCE(owner[ev->a]) > OWNER_UNMAPPED)
		note_move(ev);
	/* A huge page is mapped as one: the frames behind the first are as new as it is. */
	if (IS_ALIGNED(ev->a, HPAGE_PMD_NR) && IS_ALIGNED(ev->c, PMD_SIZE) &&
	    owner[ev->a + 1] == OWNER_UNMAPPED && owner[ev->a + HPAGE_PMD_NR - 1] == OWNER_UNMAPPED)
		order = HPAGE_PMD_ORDER;
	set_owner(ev->a, order, owner_of(ev->b, ev->c), 1);
}
OBSERVER(PAGE_MAP, pins_map);

static void pins_read(const struct event *ev)
{
	if (in_nmi())
		return;
	last_read[ev->cpu] = ev->b;
	moves_before[ev->cpu] = READ_ONCE(nr_moves);
}
OBSERVER(PT_READ, pins_read);

static void pins_isolate(const struct event *ev)
{
	unsigned long flags = oracle_lock();

	if (nr_isolated >= oracle_room(&lost)) {
		oracle_lost(&lost);
	} else {
		isolated[nr_isolated].mm = ev->b;
		isolated[nr_isolated].addr = ev->c;
		isolated[nr_isolated].tsc = ev->tsc;
		isolated[nr_isolated].cpu = ev->cpu;
		isolated[nr_isolated].op = (u8)op_of_task(ev->task);
		nr_isolated++;
	}
	oracle_unlock(flags);
}
OBSERVER(ISOLATE, pins_isolate);

static void pins_walk(const struct event *ev)
{
	/* A walk in an NMI takes no references: nothing of it is judged here. */
	if (in_nmi())
		return;
	walk_began[ev->cpu] = ev->tsc;
}
OBSERVER(WALK_BEGIN, pins_walk);

static void check_isolated(const struct event *ev)
{
	unsigned long flags = oracle_lock();

	for (unsigned int i = 0; i < nr_isolated; i++) {
		if (isolated[i].mm != ev->a || isolated[i].addr != (ev->c & PMD_MASK))
			continue;
		oracle_fail(&pins_oracle, isolated[i].op, isolated[i].cpu,
			    min(isolated[i].tsc, walk_began[ev->cpu]),
			    ABOUT_PAGE_AT(ev->b, ev->a, ev->c),
			    "CPU%u pins page %#llx at %#llx while CPU%u copies it away", ev->cpu,
			    (unsigned long long)ev->b, (unsigned long long)ev->c, isolated[i].cpu);
	}
	oracle_unlock(flags);
}

static void pins_pin(const struct event *ev)
{
	u64 o = READ_ONCE(owner[ev->b]);
	char whose[48];

	if (READ_ONCE(nr_isolated))
		check_isolated(ev);
	if (!(last_read[ev->cpu] & _PAGE_PRESENT))
		oracle_fail(&pins_oracle, op_of_task(ev->task), NO_CPU, walk_began[ev->cpu],
			    ABOUT_PAGE_AT(ev->b, ev->a, ev->c),
			    "CPU%u pins page %#llx at %#llx by entry %#llx, which is not present",
			    ev->cpu, (unsigned long long)ev->b, (unsigned long long)ev->c,
			    (unsigned long long)last_read[ev->cpu]);
	if (o == OWNER_FILE || o == owner_of(ev->a, ev->c))
		return;
	/* It was there when the entry was read again after the grab. */
	if (o > OWNER_UNMAPPED && moved_since(ev, owner_of(ev->a, ev->c)))
		return;
	if (o == OWNER_FREE || o == OWNER_UNMAPPED)
		snprintf(whose, sizeof(whose), o == OWNER_FREE ? "free" : "mapped nowhere");
	else
		snprintf(whose, sizeof(whose), "mm%llu's at %#llx", (unsigned long long)(o >> 40),
			 (unsigned long long)(o << PAGE_SHIFT & (TASK_SIZE | ~PAGE_MASK)));
	oracle_fail(&pins_oracle, op_of_task(ev->task), NO_CPU, walk_began[ev->cpu],
		    ABOUT_PAGE_AT(ev->b, ev->a, ev->c),
		    "CPU%u pins page %#llx at %#llx for mm%llu, but it is %s", ev->cpu,
		    (unsigned long long)ev->b, (unsigned long long)ev->c, (unsigned long long)ev->a,
		    whose);
}
OBSERVER(PIN, pins_pin);

static void pins_init(void)
{
	owner = memblock_alloc_or_die(PFN_DOWN(memblock_end()) * sizeof(*owner), 64,
				      "owner shadow");
	walk_began = memblock_alloc_or_die(nr_cpu_ids * sizeof(*walk_began), 64, "owner shadow");
	last_read = memblock_alloc_or_die(nr_cpu_ids * sizeof(*last_read), 64, "owner shadow");
}

static void pins_reset(void)
{
	nr_isolated = 0;
}

static const struct oracle pins_oracle = {
	.name = "pins",
	.help = "a pin gets a page that the mm maps there, and that stays",
	.where = ORACLE_MODEL | ORACLE_METAL,
	.init = pins_init,
	.reset = pins_reset,
};
ORACLE(pins_oracle);
