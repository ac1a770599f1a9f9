/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which words are shared. A word is private while only one CPU has touched it, and read-only
 * while it has not been written since the snapshot. Accesses to such words commute with all
 * steps, so they are no steps. The set of shared words only grows. A schedule that finds a new
 * one has treated an earlier access to it as no step, so it does not count: model_discovered()
 * is true, and the search begins again with the words that model_learn() has added. During a
 * search the set does not change, or a schedule could not be run again. When a search ends
 * without a discovery, every access to every shared word was a step in it.
 */
#include "host.h"
#include "model.h"
#include <model/words.h>

#define TABLE_BITS 14 /* a table larger than any scenario's footprint */
_Static_assert(1 << TABLE_BITS == 2 * MAX_WORDS, "model_written[] has a place for each word");

static struct word table[1 << TABLE_BITS] __aligned(64);
static struct words words = {table, TABLE_BITS, 0};
static bool discovered, frozen;

static struct word *word_of(const volatile void *p)
{
	MODEL_LIMIT(words.used == MAX_WORDS, "more words are touched than MAX_WORDS");
	return word_find(&words, (uintptr_t)p >> 3);
}

bool shared_access(const volatile void *p, bool write)
{
	u8 me = (u8)(1u << machine.cpu);
	struct word *w;

	if (!machine.exploring || machine.observing)
		return false;
	w = word_of(p);
	if (!((write ? w->writers : w->readers) & me)) {
		if (write && !w->writers)
			model_written[model_nr_written++] = (const void *)p;
		discovered |= word_touch(w, me, write);
	}
	return w->step;
}

static void hardware_touches(unsigned int cpu, const void *p, bool write)
{
	discovered |= word_touch(word_of(p), (u8)(1u << (MODEL_MAX_CPUS + cpu)), write);
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

void model_freeze(bool on)
{
	frozen = on;
}

bool model_learn(void)
{
	bool more = discovered;

	if (more) /* else the set has not changed */
		words_learn(&words);
	tlb_learn();
	lines_learn();
	discovered = false;
	return more;
}
