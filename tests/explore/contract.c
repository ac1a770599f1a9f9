// SPDX-License-Identifier: GPL-2.0
/*
 * Does a world keep the rules of <explore/world.h>? In the states of random executions,
 * each step that can be taken is taken, and what it did to the other processes is held
 * against what it said it touched.
 */
#include <string.h>
#include "engine.h"
#include <explore/check.h>
#include <explore/replay.h>

struct view {
	u64 can, print;
	struct xp_step next[XP_MAX_PROCS];
};

struct check {
	const struct xp_world *world;
	void *w;
	struct xp_schedule path;
	struct view here, there;
	char *why;
	size_t size;
};

static size_t print_step(char *to, size_t size, const char *what, const struct xp_step *s)
{
	size_t n = snprintf(to, size, "\n  %s:", what);

	for (unsigned i = 0; i < s->nr && n < size; i++) {
		unsigned rw = s->acc[i].rw;

		n += snprintf(to + n, size - n, " %#lx=%s%s%s%s%s%s", (unsigned long)s->acc[i].obj,
			      rw & XP_READ ? "r" : "", rw & XP_WRITE ? "w" : "",
			      rw & XP_AWAIT ? "a" : "", rw & XP_WAKE ? "k" : "",
			      rw & XP_SPIN ? "s" : "", rw & XP_TURN ? "t" : "");
	}
	return n;
}

/* @done: the step of @p, if the complaint is about what it did to @q */
static bool complain(struct check *c, const char *what, unsigned p, unsigned q,
		     const struct xp_step *done)
{
	char path[XP_FORMAT_MAX];
	size_t n;

	xp_format(&c->path, path);
	n = snprintf(c->why, c->size, "%s: %s (%s%s%s) after %s", c->world->name, what,
		     xp_letter(p), p == q ? "" : ", ", p == q ? "" : xp_letter(q),
		     *path ? path : "reset");
	if (done && n < c->size)
		n += print_step(c->why + n, c->size - n, "the first touches", done);
	if (done && p != q && n < c->size)
		n += print_step(c->why + n, c->size - n, "the second before", &c->here.next[q]);
	if (done && p != q && n < c->size)
		print_step(c->why + n, c->size - n, "the second after", &c->there.next[q]);
	return false;
}

/* To the state after @path, then @p and @q if not negative. What the last one touched. */
static struct xp_step go(struct check *c, int p, int q)
{
	struct xp_step s = {0};
	unsigned more = (p >= 0) + (q >= 0);

	c->world->reset(c->w);
	for (unsigned i = 0; i < c->path.nr + more; i++) {
		s.nr = 0;
		c->world->step(
			c->w,
			i < c->path.nr ? c->path.proc[i] : (unsigned)(i == c->path.nr ? p : q), &s);
	}
	return s;
}

static void look(struct check *c, struct view *v)
{
	v->can = c->world->enabled(c->w);
	v->print = c->world->fingerprint ? c->world->fingerprint(c->w) : 0;
	for (unsigned p = 0; p < c->world->nr_procs; p++) {
		v->next[p].nr = 0;
		c->world->next(c->w, p, &v->next[p]);
	}
}

static unsigned rw_of(const struct xp_step *s, uintptr_t obj)
{
	unsigned rw = 0;

	for (unsigned i = 0; i < s->nr; i++)
		if (s->acc[i].obj == obj)
			rw |= s->acc[i].rw;
	return rw;
}

/* @flag: 0, or one that the access of @b must have for the two to count as dependent */
static bool dependent(const struct xp_step *a, const struct xp_step *b, unsigned flag)
{
	for (unsigned i = 0; i < a->nr; i++) {
		unsigned rw = rw_of(b, a->acc[i].obj);

		if (rw && (rw & flag) == flag && ((rw | a->acc[i].rw) & XP_WRITE) &&
		    (!flag || a->acc[i].rw & XP_WRITE))
			return true;
	}
	return false;
}

/* Every access of @a is one of @b. */
static bool covers(const struct xp_step *b, const struct xp_step *a)
{
	const unsigned flags = XP_WRITE | XP_AWAIT;

	for (unsigned i = 0; i < a->nr; i++) {
		unsigned rw = rw_of(b, a->acc[i].obj);

		if (!rw || a->acc[i].rw & flags & ~rw)
			return false;
	}
	return true;
}

static bool same(const struct xp_step *a, const struct xp_step *b)
{
	return covers(a, b) && covers(b, a);
}

static bool wakes_runnable(const struct xp_step *done, const struct xp_step *next)
{
	for (unsigned i = 0; i < done->nr; i++)
		if (done->acc[i].rw & XP_WAKE && rw_of(next, done->acc[i].obj) & XP_AWAIT)
			return true;
	return false;
}

/* Does a step, @before, become one, @after, that lacks what @done did not write? */
static bool loses(const struct xp_step *done, const struct xp_step *before,
		  const struct xp_step *after)
{
	const unsigned flags = XP_WRITE | XP_AWAIT;

	for (unsigned i = 0; i < done->nr; i++)
		if (done->acc[i].rw & XP_TURN && rw_of(before, done->acc[i].obj))
			return false;
	for (unsigned i = 0; i < before->nr; i++) {
		unsigned rw = rw_of(after, before->acc[i].obj);

		if ((!rw || before->acc[i].rw & flags & ~rw) &&
		    !(rw_of(done, before->acc[i].obj) & XP_WRITE))
			return true;
	}
	return false;
}

/* What did the step of @p do to @q? */
static bool check_other(struct check *c, unsigned p, const struct xp_step *done, unsigned q)
{
	const struct xp_step *before = &c->here.next[q], *after = &c->there.next[q];
	bool could = c->here.can & BIT(q), can = c->there.can & BIT(q);

	if (could && wakes_runnable(done, before))
		return complain(c, "a write with XP_WAKE, but who awaits it can run", p, q, done);
	if (could != can &&
	    (!dependent(done, before, XP_AWAIT) || !dependent(done, after, XP_AWAIT)))
		return complain(
			c,
			"the first decides whether the second can run, which does not await "
			"what it writes, before and after",
			p, q, done);
	if (loses(done, before, after))
		return complain(c, "the first makes the second touch less, without XP_TURN", p, q,
				done);
	if (dependent(done, before, 0)) {
		if (could && !dependent(done, after, 0))
			return complain(c, "dependent, but no more once the first is taken", p, q,
					done);
		return true;
	}
	if (!same(before, after))
		return complain(c, "independent, but the first changes what the second touches", p,
				q, done);
	return true;
}

static bool check_pair(struct check *c, unsigned p, unsigned q)
{
	u64 print, can;

	go(c, p, q);
	can = c->world->enabled(c->w);
	print = c->world->fingerprint ? c->world->fingerprint(c->w) : 0;
	go(c, q, p);
	if (can != c->world->enabled(c->w) ||
	    (c->world->fingerprint && print != c->world->fingerprint(c->w)))
		return complain(c, "independent, but they do not commute", p, q, NULL);
	return true;
}

static bool check_state(struct check *c)
{
	struct xp_step done[XP_MAX_PROCS];

	go(c, -1, -1);
	look(c, &c->here);
	for (unsigned p = 0; p < c->world->nr_procs; p++) {
		if (!(c->here.can & BIT(p)))
			continue;
		done[p] = go(c, p, -1);
		look(c, &c->there);
		if (!covers(&c->here.next[p], &done[p]))
			return complain(c, "a step touches what next() did not say", p, p,
					&done[p]);
		for (unsigned q = 0; q < c->world->nr_procs; q++)
			if (q != p && !check_other(c, p, &done[p], q))
				return false;
		go(c, p, -1);
		if (c->world->fingerprint && c->world->fingerprint(c->w) != c->there.print)
			return complain(c, "the same schedule leads to another state", p, p, NULL);
	}
	for (unsigned p = 0; p < c->world->nr_procs; p++)
		for (unsigned q = p + 1; q < c->world->nr_procs; q++)
			if (c->here.can & BIT(p) && c->here.can & BIT(q) &&
			    !dependent(&done[p], &done[q], 0) && !check_pair(c, p, q))
				return false;
	return true;
}

bool xp_check_world(const struct xp_world *world, void *w, unsigned walks, u64 seed, char *why,
		    size_t size)
{
	static struct check c;
	u64 rnd = seed * 2 + 1;

	c.world = world;
	c.w = w;
	c.why = why;
	c.size = size;
	for (unsigned i = 0; i < walks; i++) {
		for (c.path.nr = 0; c.path.nr < XP_MAX_DEPTH - 2;) {
			u64 can;
			unsigned n;

			if (!check_state(&c))
				return false;
			can = c.here.can;
			if (!can)
				break;
			rnd = rnd * 6364136223846793005ULL + 1442695040888963407ULL;
			for (n = (rnd >> 33) % __builtin_popcountll(can); n; n--)
				can &= can - 1;
			c.path.proc[c.path.nr++] = __builtin_ctzll(can);
		}
	}
	return true;
}
