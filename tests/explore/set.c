// SPDX-License-Identifier: GPL-2.0
/* A shared set of numbers: open addressing; a slot is written once, by compare-and-swap. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "engine.h"
#include <explore/set.h>

struct xp_set {
	size_t bytes, slots, capacity;
	u64 nr;
	bool zero; /* an empty slot is 0, so 0 has a place of its own */
	u64 slot[];
};

struct xp_set *xp_set_new(size_t capacity)
{
	size_t slots = 16, bytes;
	struct xp_set *s;

	while (slots < capacity * 2)
		slots *= 2;
	bytes = sizeof(*s) + slots * sizeof(s->slot[0]);
	s = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		xp_die("no memory for a set of %zu numbers", capacity);
	s->bytes = bytes;
	s->slots = slots;
	s->capacity = capacity;
	return s;
}

void xp_set_free(struct xp_set *s)
{
	munmap(s, s->bytes);
}

void xp_set_clear(struct xp_set *s)
{
	memset(s->slot, 0, s->slots * sizeof(s->slot[0]));
	s->nr = 0;
	s->zero = false;
}

static size_t first_slot(const struct xp_set *s, u64 v)
{
	return (v * 0x9e3779b97f4a7c15ULL >> 20) & (s->slots - 1);
}

bool xp_set_add(struct xp_set *s, uint64_t v)
{
	if (!v) {
		if (__atomic_exchange_n(&s->zero, true, __ATOMIC_RELAXED))
			return false;
		__atomic_fetch_add(&s->nr, 1, __ATOMIC_RELAXED);
		return true;
	}
	for (size_t i = first_slot(s, v);; i = (i + 1) & (s->slots - 1)) {
		u64 old = __atomic_load_n(&s->slot[i], __ATOMIC_RELAXED);

		if (!old && __atomic_compare_exchange_n(&s->slot[i], &old, v, false,
							__ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
			if (__atomic_add_fetch(&s->nr, 1, __ATOMIC_RELAXED) > s->capacity)
				xp_die("more than %zu numbers for a set", s->capacity);
			return true;
		}
		if (old == v)
			return false;
	}
}

bool xp_set_has(const struct xp_set *s, uint64_t v)
{
	if (!v)
		return s->zero;
	for (size_t i = first_slot(s, v); s->slot[i]; i = (i + 1) & (s->slots - 1))
		if (s->slot[i] == v)
			return true;
	return false;
}

size_t xp_set_size(const struct xp_set *s)
{
	return s->nr;
}

bool xp_set_equal(const struct xp_set *a, const struct xp_set *b)
{
	if (a->nr != b->nr || a->zero != b->zero)
		return false;
	for (size_t i = 0; i < a->slots; i++)
		if (a->slot[i] && !xp_set_has(b, a->slot[i]))
			return false;
	return true;
}

static int ascending(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

size_t xp_set_list(const struct xp_set *s, uint64_t *to, size_t max)
{
	u64 *all = malloc((s->nr + 1) * sizeof(*all));
	size_t n = 0;

	if (!all)
		xp_die("no memory to list a set");
	if (s->zero)
		all[n++] = 0;
	for (size_t i = 0; i < s->slots; i++)
		if (s->slot[i])
			all[n++] = s->slot[i];
	qsort(all, n, sizeof(*all), ascending);
	memcpy(to, all, (n < max ? n : max) * sizeof(*to));
	free(all);
	return n;
}
