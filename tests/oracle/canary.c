/* SPDX-License-Identifier: GPL-2.0 */
/*
 * canary: no load or store uses a translation that a flush should have ended.
 *
 * The walkers load and store through user addresses; this judges the values. Shadow: only the
 * value that the caller expects, and the pattern that is written into frames when they are
 * freed.
 */
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <mm/page_alloc.h>
#include <tests/canary.h>
#include <tests/oracle.h>

#define CANARY_MAGIC 0xca7a000000000000ULL
#define CANARY_FREED 0xdead0f4eed000000ULL

static const struct oracle canary_oracle;

u64 canary_tag(u64 id, u64 index)
{
	return CANARY_MAGIC | id << 32 | (index & 0xffffffff);
}

bool canary_is_freed(u64 val)
{
	return (val & ~0xffffffULL) == CANARY_FREED;
}

static void canary_freed(const struct event *ev)
{
	if (ev->c != PAGE_ANON && ev->c != PAGE_FILE && ev->c != PAGE_HUGETLB)
		return;
	for (u64 i = 0; i < 1ULL << ev->b; i++)
		WRITE_ONCE(*(u64 *)__va(PFN_PHYS(ev->a + i)), CANARY_FREED | i);
}
OBSERVER(PAGE_FREE, canary_freed);

/* The faulty flush is long over; the history shows what this CPU saw. */
static u64 recently(void)
{
	struct event last[1];
	unsigned int self = (unsigned int)raw_smp_processor_id();

	return event_ring_copy(self, last, 1) ? last[0].tsc - 100000 : 0;
}

void canary_load(unsigned int op, unsigned long addr, u64 val, u64 tag, u64 alt)
{
	if (likely(!val || val == tag || (alt && val == alt)))
		return;
	oracle_fail(&canary_oracle, op, NO_CPU, recently(), ABOUT_NOTHING,
		    "CPU%d loads %#llx from mm%llu at %#lx, the tag there is %#llx%s",
		    raw_smp_processor_id(), (unsigned long long)val,
		    (unsigned long long)current->mm->context.ctx_id, addr, (unsigned long long)tag,
		    canary_is_freed(val)	       ? " (a freed page)"
		    : entry_pfn(val) == tripwire_pfn() ? " (the tripwire)"
						       : "");
}

void canary_stale(unsigned int op, unsigned long addr, u64 val)
{
	oracle_fail(&canary_oracle, op, NO_CPU, recently(), ABOUT_NOTHING,
		    "CPU%d loads %#llx from mm%llu at %#lx, which was unmapped and flushed before",
		    raw_smp_processor_id(), (unsigned long long)val,
		    (unsigned long long)current->mm->context.ctx_id, addr);
}

void canary_lost_store(unsigned int op, unsigned long addr, u64 val, u64 want)
{
	oracle_fail(
		&canary_oracle, op, NO_CPU, recently(), ABOUT_NOTHING,
		"CPU%d loads %#llx from mm%llu at %#lx, but has stored %#llx: the store is lost",
		raw_smp_processor_id(), (unsigned long long)val,
		(unsigned long long)current->mm->context.ctx_id, addr, (unsigned long long)want);
}

void canary_stale_store(unsigned int op, unsigned long addr, u64 before, u64 after)
{
	oracle_fail(
		&canary_oracle, op, NO_CPU, recently(), ABOUT_NOTHING,
		"mm%llu at %#lx went from %#llx to %#llx after it was made read-only and flushed",
		(unsigned long long)current->mm->context.ctx_id, addr, (unsigned long long)before,
		(unsigned long long)after);
}

static const struct oracle canary_oracle = {
	.name = "canary",
	.help = "no load or store through a translation that was flushed",
};
ORACLE(canary_oracle);
