// SPDX-License-Identifier: GPL-2.0
/*
 * Does a world keep the rules of <explore/world.h>? In each state of random executions, each step
 * that can be taken is taken, and its effect on the other processes is compared with what the
 * step reports that it touches.
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
	u64 rnd;
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

/* @done: the step of @p, if the complaint is about its effect on @q; else NULL */
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

/* To the state after @path, then @p and @q if not negative. Return: what the last step touched. */
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

/* Is every access of @a also one of @b? */
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

/* Does @done turn step @before into @after, which lacks an access that @done did not write? */
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

/* Check the effect of the step of @p on @q. */
static bool check_other(struct check *c, unsigned p, const struct xp_step *done, unsigned q)
{
	const struct xp_step *before = &c->here.next[q], *after = &c->there.next[q];
	bool could = c->here.can & BIT(q), can = c->there.can & BIT(q);

	if (could && wakes_runnable(done, before))
		return complain(c, "a write with XP_WAKE, but a step that awaits it can run", p, q,
				done);
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

/* Is there a verdict after @p, and @q if not negative? */
static bool red(struct check *c, int p, int q)
{
	go(c, p, q);
	return c->world->verdict && c->world->verdict(c->w, false);
}

static bool check_pair(struct check *c, unsigned p, unsigned q)
{
	bool bad = red(c, p, -1) || red(c, p, q);
	u64 print, can;

	if (bad != (red(c, q, -1) || red(c, q, p)))
		return complain(c, "independent, but the verdict depends on their order", p, q,
				NULL);
	if (bad)
		return true;
	go(c, p, q);
	can = c->world->enabled(c->w);
	print = c->world->fingerprint ? c->world->fingerprint(c->w) : 0;
	go(c, q, p);
	if (can != c->world->enabled(c->w) ||
	    (c->world->fingerprint && print != c->world->fingerprint(c->w)))
		return complain(c, "independent, but they do not commute", p, q, NULL);
	return true;
}

/*
 * Until the step of @p is taken, no step can run that awaits what it writes with XP_WAKE,
 * whatever independent steps other processes take first.
 */
static bool check_wake(struct check *c, unsigned p, const struct xp_step *done)
{
	unsigned nr = c->path.nr;
	bool good = true;

	go(c, -1, -1);
	while (c->path.nr < XP_MAX_DEPTH - 2) {
		struct xp_step unused = {0};
		u64 can = 0;

		look(c, &c->there);
		for_each_bit (q, c->there.can & ~BIT(p)) {
			if (good && wakes_runnable(done, &c->there.next[q]))
				good = complain(c,
						"a write with XP_WAKE, but a step that awaits it "
						"can run before",
						p, q, done);
			if (!dependent(done, &c->there.next[q], 0))
				can |= BIT(q);
		}
		if (!can || !good)
			break;
		c->path.proc[c->path.nr] = random_of(&c->rnd, can);
		c->world->step(c->w, c->path.proc[c->path.nr++], &unused);
	}
	c->path.nr = nr;
	return good;
}

static bool promises(const struct xp_step *s)
{
	for (unsigned i = 0; i < s->nr; i++)
		if (s->acc[i].rw & XP_WAKE)
			return true;
	return false;
}

/* absent and turners must be right: the search does not check processes outside of them. */
static bool check_masks(struct check *c, unsigned p, const struct xp_step *done)
{
	if (c->world->absent & BIT(p))
		return complain(c, "a process that is absent can run", p, p, done);
	for (unsigned i = 0; i < done->nr; i++)
		if (done->acc[i].rw & XP_TURN && !(c->world->turners & BIT(p)))
			return complain(c, "a step writes with XP_TURN, but is of no turner", p, p,
					done);
	return true;
}

static bool check_state(struct check *c)
{
	struct xp_step done[XP_MAX_PROCS];
	bool over;
	u64 print;

	if (red(c, -1, -1)) {
		c->here.can = 0;
		return true;
	}
	look(c, &c->here);
	for_each_bit (p, c->here.can) {
		done[p] = go(c, p, -1);
		look(c, &c->there);
		print = c->there.print;
		if (!covers(&c->here.next[p], &done[p]))
			return complain(c, "a step touches what next() did not say", p, p,
					&done[p]);
		if (!check_masks(c, p, &done[p]))
			return false;
		over = c->world->verdict && c->world->verdict(c->w, false);
		for (unsigned q = 0; q < c->world->nr_procs && !over; q++)
			if (q != p && !check_other(c, p, &done[p], q))
				return false;
		if (promises(&done[p]) && !check_wake(c, p, &done[p]))
			return false;
		go(c, p, -1);
		if (c->world->fingerprint && c->world->fingerprint(c->w) != print)
			return complain(c, "the same schedule leads to another state", p, p, NULL);
	}
	for_each_bit (p, c->here.can)
		for_each_bit (q, c->here.can)
			if (p < q && !dependent(&done[p], &done[q], 0) && !check_pair(c, p, q))
				return false;
	return true;
}

bool xp_check_world(const struct xp_world *world, void *w, unsigned walks, u64 seed, char *why,
		    size_t size)
{
	static struct check c;

	c.world = world;
	c.w = w;
	c.why = why;
	c.size = size;
	c.rnd = seed * 2 + 1;
	for (unsigned i = 0; i < walks; i++) {
		for (c.path.nr = 0; c.path.nr < XP_MAX_DEPTH - 2;) {
			if (!check_state(&c))
				return false;
			if (!c.here.can)
				break;
			c.path.proc[c.path.nr++] = random_of(&c.rnd, c.here.can);
		}
	}
	return true;
}
