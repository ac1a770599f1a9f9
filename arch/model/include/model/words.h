/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

#include <kernel/bug.h>
#include <kernel/types.h>

/*
 * Which CPUs have touched each word, as far as is known; it only grows. A word is shared if one
 * CPU has written it and another one has touched it: only accesses to shared words are steps.
 */
struct word {
	uintptr_t key; /* address / 8; 0: empty */
	u8 readers, writers; /* bits of CPUs, and of their page walkers; never cleared */
	bool step; /* it was known to be shared when this search began */
};

struct words {
	struct word *table;
	unsigned int bits; /* it has 1 << bits places, twice as many as words */
	unsigned int used;
};

/* Four neighbouring words of memory have their entries in one cache line. */
static inline struct word *word_find(struct words *w, uintptr_t key)
{
	unsigned int mask = (1u << w->bits) - 1;
	unsigned int i = (unsigned int)(((key >> 2) * 0x9e3779b97f4a7c15ULL) >> (66 - w->bits))
			 << 2;

	i |= key & 3;
	while (w->table[i].key != key && w->table[i].key)
		i = (i + 1) & mask;
	if (!w->table[i].key) {
		BUG_ON(++w->used > (mask + 1) / 2);
		w->table[i].key = key;
	}
	return &w->table[i];
}

static inline bool word_is_shared(const struct word *w)
{
	u8 all = w->readers | w->writers;

	return w->writers && (all & (all - 1));
}

/* Return: whether the word is shared, but no step in this search, which then does not count. */
static inline bool word_touch(struct word *w, u8 bit, bool write)
{
	if (write)
		w->writers |= bit;
	else
		w->readers |= bit;
	return word_is_shared(w) && !w->step;
}

/* A search begins. */
static inline void words_learn(struct words *w)
{
	for (unsigned int i = 0; i < 1u << w->bits; i++)
		w->table[i].step = word_is_shared(&w->table[i]);
}

#endif
