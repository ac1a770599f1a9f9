/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which words are shared, among those that sync points name. As in arch/model/shared.c: an
 * access to a word that only one CPU accesses, or that no CPU writes, is no step. The set of shared
 * words only grows; a schedule that adds to it does not count, and the search begins again.
 */
#include "metal.h"
#include <kernel/smp.h>
#include <kernel/string.h>
#include <model/words.h>

#define TABLE_BITS 15 /* a huge page alone has 512 entries and counts */
_Static_assert(METAL_CPUS <= 8 * sizeof(((struct word *)0)->writers), "a bit for each CPU");

static struct word table[1 << TABLE_BITS];
static struct words words = {table, TABLE_BITS, 0};
static bool discovered, frozen;

bool shared_access(const volatile void *p, bool write)
{
	u8 me = (u8)(1u << raw_smp_processor_id());
	struct word *w = word_find(&words, (uintptr_t)p >> 3);

	discovered |= word_touch(w, me, write);
	return w->step;
}

bool shared_discovered(void)
{
	return discovered && !frozen;
}

void shared_freeze(void)
{
	frozen = true;
}

void shared_learn(void)
{
	words_learn(&words);
	discovered = false;
}

void shared_forget(void)
{
	memset(table, 0, sizeof(table));
	words.used = 0;
	discovered = false;
	frozen = false;
}
