// SPDX-License-Identifier: GPL-2.0
/*
 * The objects that steps touch. A world identifies objects by any number; the search gives them
 * small numbers, so that the newest access of each is an array look-up. Objects are never
 * removed: the next execution touches the same ones.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include <explore/replay.h>

void (*xp_on_die)(const char *what);

void xp_die(const char *fmt, ...)
{
	static char text[XP_FORMAT_MAX + 200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (xp_on_die)
		xp_on_die(text);
	else
		fprintf(stderr, "explore: %s\n", text);
	exit(2);
}

void xp_touch(struct xp_step *s, uintptr_t obj, unsigned rw)
{
	for (unsigned i = 0; i < s->nr; i++) {
		if (s->acc[i].obj != obj)
			continue;
		s->acc[i].rw |= rw;
		return;
	}
	if (s->nr == XP_MAX_ACC)
		xp_die("a step touches more than %d objects: use coarser objects", XP_MAX_ACC);
	s->acc[s->nr].obj = obj;
	s->acc[s->nr++].rw = rw;
}

static void *zalloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		xp_die("no memory for %zu bytes", n * size);
	return p;
}

static void tables(struct objects *o, unsigned size)
{
	o->size = size;
	o->key = zalloc(size, sizeof(*o->key));
	o->obj = zalloc(size, sizeof(*o->obj));
}

void objects_open(struct objects *o)
{
	o->nr = 0;
	tables(o, 512);
}

void objects_close(struct objects *o)
{
	free(o->key);
	free(o->obj);
}

static struct key *slot(const struct objects *o, uintptr_t obj)
{
	unsigned i = (u64)obj * 0x9e3779b97f4a7c15ULL >> 40;

	for (;; i++) {
		i &= o->size - 1;
		if (!o->key[i].nr || o->key[i].obj == obj)
			return &o->key[i];
	}
}

static void grow(struct objects *o)
{
	struct objects old = *o;

	tables(o, old.size * 2);
	for (unsigned i = 0; i < old.size; i++)
		if (old.key[i].nr)
			*slot(o, old.key[i].obj) = old.key[i];
	memcpy(o->obj, old.obj, old.size * sizeof(*o->obj));
	objects_close(&old);
}

static unsigned number(struct objects *o, uintptr_t obj)
{
	struct key *k = slot(o, obj);

	if (unlikely(!k->nr)) {
		if (o->nr == UINT16_MAX - 1)
			xp_die("more than %d objects: use coarser objects", UINT16_MAX - 1);
		if (++o->nr * 2 > o->size) {
			grow(o);
			k = slot(o, obj);
		}
		k->obj = obj;
		k->nr = o->nr;
	}
	return k->nr - 1;
}

void objects_step(struct objects *o, const struct xp_step *s, struct step *e)
{
	e->rd = e->wr = 0;
	e->awaits = e->turns = false;
	if (unlikely(s->nr > XP_MAX_ACC))
		xp_die("a step touches more than %d objects: use coarser objects", XP_MAX_ACC);
	e->nr = s->nr;
	for (unsigned i = 0; i < s->nr; i++) {
		unsigned n = number(o, s->acc[i].obj), rw = s->acc[i].rw;

		e->obj[i] = n;
		e->rw[i] = rw;
		e->rd |= BIT(n % 64);
		if (rw & XP_WRITE)
			e->wr |= BIT(n % 64);
		if (rw & XP_AWAIT)
			e->awaits = true;
		if (rw & XP_TURN)
			e->turns = o->obj[n].turned = true;
	}
}
