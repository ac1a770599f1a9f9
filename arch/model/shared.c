/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which words are shared. A word is private while one CPU alone has touched it, and
 * harmless while nobody has written it since the snapshot; accesses to such words commute
 * with everything, so they are no steps. What is known only grows. A schedule that finds
 * something new has treated an earlier access as no step, so it does not count:
 * model_discovered() says so, and the search begins again with what model_learn() has
 * added; during a search the set stays, or a schedule could not be run again. When a
 * search ends without a discovery, every access to every shared word was a step in it.
 */
#include "model.h"
#include <kernel/bug.h>

#define TABLE_SIZE (2 * MAX_WORDS) /* a power of two, larger than any scenario's footprint */

struct word {
	uintptr_t key; /* address / 8; 0: empty */
	u8 readers, writers; /* bits of CPUs, and of their page walkers; never forgotten */
	bool step; /* shared, as known when this search began */
};
static struct word table[TABLE_SIZE];
static unsigned int used;
static bool discovered, frozen;

static struct word *find(uintptr_t key)
{
	unsigned int i = (unsigned int)((key * 0x9e3779b97f4a7c15ULL) >> 50) & (TABLE_SIZE - 1);

	while (table[i].key != key && table[i].key)
		i = (i + 1) & (TABLE_SIZE - 1);
	if (!table[i].key) {
		BUG_ON(++used > TABLE_SIZE / 2);
		table[i].key = key;
	}
	return &table[i];
}

static bool is_shared(const struct word *w)
{
	u8 who = w->readers | w->writers;

	return w->writers && (who & (who - 1));
}

bool shared_access(const volatile void *p, bool write)
{
	u8 me = (u8)(1u << machine.cpu);
	struct word *w;

	if (!machine.exploring || machine.observing)
		return false;
	w = find((uintptr_t)p >> 3);
	if (!((write ? w->writers : w->readers) & me)) {
		if (write) {
			if (!w->writers)
				model_written[model_nr_written++] = (const void *)p;
			w->writers |= me;
		} else {
			w->readers |= me;
		}
		discovered |= is_shared(w) && !w->step;
	}
	return w->step;
}

static void hardware_touches(unsigned int cpu, const void *p, bool write)
{
	struct word *w = find((uintptr_t)p >> 3);
	u8 *who = write ? &w->writers : &w->readers;

	*who |= (u8)(1u << (MODEL_MAX_CPUS + cpu));
	discovered |= is_shared(w) && !w->step;
}

void hardware_reads(unsigned int cpu, const void *p)
{
	hardware_touches(cpu, p, false);
}

void hardware_writes(unsigned int cpu, const void *p)
{
	hardware_touches(cpu, p, true);
}

void model_discover(void)
{
	discovered = true;
}

bool model_discovered(void)
{
	return discovered && !frozen;
}

void model_freeze(void)
{
	frozen = true;
}

void model_learn(void)
{
	for (unsigned int i = 0; i < TABLE_SIZE; i++)
		table[i].step = is_shared(&table[i]);
	tlb_learn();
	discovered = false;
}
