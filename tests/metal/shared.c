/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which words are shared, among those that sync points name. As in arch/model/shared.c: a word
 * that one CPU alone touches, or nobody writes, makes no step. What is known only grows; a
 * schedule that finds something new does not count, and the search begins again.
 */
#include "metal.h"
#include <kernel/bug.h>
#include <kernel/smp.h>
#include <kernel/string.h>

#define TABLE_SIZE 32768 /* a power of two; a huge page alone has 512 entries and counts */

struct word {
	uintptr_t key; /* address / 8; 0: empty */
	u8 readers, writers; /* bits of CPUs; never forgotten in a search */
	bool step; /* shared, as known when this search began */
};
static struct word table[TABLE_SIZE];
static unsigned int used;
static bool discovered, frozen;

static struct word *find(uintptr_t key)
{
	unsigned int i = (unsigned int)((key * 0x9e3779b97f4a7c15ULL) >> 49) & (TABLE_SIZE - 1);

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
	u8 me = (u8)(1u << raw_smp_processor_id());
	struct word *w = find((uintptr_t)p >> 3);

	if (!((write ? w->writers : w->readers) & me)) {
		if (write)
			w->writers |= me;
		else
			w->readers |= me;
		discovered |= is_shared(w) && !w->step;
	}
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
	for (unsigned int i = 0; i < TABLE_SIZE; i++)
		table[i].step = is_shared(&table[i]);
	discovered = false;
}

void shared_forget(void)
{
	memset(table, 0, sizeof(table));
	used = 0;
	discovered = false;
	frozen = false;
}
