// SPDX-License-Identifier: GPL-2.0
/* A set of rows of numbers: open addressing over an array that grows. */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus_outcome.h"

static void *some(void *old, size_t nr, size_t size)
{
	void *p = realloc(old, nr * size);

	if (!p)
		xp_die("litmus: no memory for %zu outcomes", nr);
	return p;
}

static size_t slot_of(const struct lm_rows *r, const u64 *row)
{
	size_t bytes = r->width * sizeof(*row), i = lm_hash(row, bytes) >> 7;

	for (;; i++) {
		i &= r->slots - 1;
		if (!r->slot[i] || !memcmp(r->row + (r->slot[i] - 1) * r->width, row, bytes))
			return i;
	}
}

static void set_room(struct lm_rows *r, size_t room)
{
	r->room = room;
	r->slots = room * 2;
	r->row = some(r->row, room * r->width + 1, sizeof(*r->row));
	r->slot = some(r->slot, r->slots, sizeof(*r->slot));
	memset(r->slot, 0, r->slots * sizeof(*r->slot));
	for (size_t i = 0; i < r->nr; i++)
		r->slot[slot_of(r, r->row + i * r->width)] = i + 1;
}

void lm_rows_open(struct lm_rows *r, unsigned width)
{
	memset(r, 0, sizeof(*r));
	r->width = width;
	set_room(r, 64);
}

size_t lm_rows_find(const struct lm_rows *r, const u64 *row)
{
	size_t at = slot_of(r, row);

	return r->slot[at] ? r->slot[at] - 1 : r->nr;
}

size_t lm_rows_add(struct lm_rows *r, const u64 *row)
{
	size_t at = slot_of(r, row);

	if (r->slot[at])
		return r->slot[at] - 1;
	if (r->nr == r->room) {
		set_room(r, r->room * 2);
		at = slot_of(r, row);
	}
	memcpy(r->row + r->nr * r->width, row, r->width * sizeof(*row));
	r->slot[at] = r->nr + 1;
	return r->nr++;
}

static unsigned sort_width;

static int ascending(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	for (unsigned i = 0; i < sort_width; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

void lm_rows_sort(struct lm_rows *r)
{
	sort_width = r->width;
	if (r->width)
		qsort(r->row, r->nr, r->width * sizeof(*r->row), ascending);
}

void lm_rows_close(struct lm_rows *r)
{
	free(r->row);
	free(r->slot);
}
