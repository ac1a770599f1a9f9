// SPDX-License-Identifier: GPL-2.0
/* The outcomes of a program of litmus_parse.c: exactly those of the executions that end. */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus_outcome.h"
#include "litmus_x86.h"

#define PLACES 64

u64 lm_value(const struct lm_world *w, const struct lm_place *p)
{
	u64 v = p->thread < 0 ? w->s.mem[p->index] : w->s.cpu[p->thread].reg[p->index];

	return v & lm_mask(p->size);
}

static bool uses(const struct lm_code *c, unsigned reg)
{
	for (unsigned i = 0; i < c->nr; i++) {
		u8 kind = c->op[i].kind;

		if (c->op[i].reg == reg &&
		    (kind == LM_LOAD || kind == LM_STORE_REG || kind == LM_XCHG || kind == LM_ADD))
			return true;
	}
	return false;
}

/* The only thread that uses a register; if none does, the first one: it is 0 in all threads. */
static unsigned owner(const struct lm_program *prog, unsigned reg)
{
	int found = -1;

	for (unsigned t = 0; t < prog->nr_threads; t++) {
		if (!uses(&prog->thread[t], reg) && !uses(&prog->handler[t], reg))
			continue;
		if (found >= 0)
			xp_die("litmus: register %c is used by threads %d and %u: say %d%c or %u%c",
			       lm_regs[reg], found, t, found, lm_regs[reg], t, lm_regs[reg]);
		found = t;
	}
	return found < 0 ? 0 : found;
}

static unsigned parse_show(const struct lm_program *prog, const char *show, struct lm_place *to)
{
	unsigned n = 0;

	for (const char *s = show; *s; s++) {
		const char *var = strchr(lm_vars, *s), *reg;
		int thread = -1;

		if (n == PLACES)
			xp_die("litmus: more than %d places to show: %s", PLACES, show);
		if (*s >= '0' && *s <= '9')
			thread = *s++ - '0';
		reg = *s ? strchr(lm_regs, *s) : NULL;
		if (thread >= (int)prog->nr_threads || !(thread < 0 && var) == !reg)
			xp_die("litmus: no such register or variable to show: %s", show);
		if (reg)
			to[n++] = (struct lm_place){
				.thread = thread < 0 ? (int)owner(prog, reg - lm_regs) : thread,
				.index = reg - lm_regs,
			};
		else
			to[n++] = (struct lm_place){.thread = -1, .index = var - lm_vars};
	}
	if (!n)
		xp_die("litmus: nothing to show");
	return n;
}

struct collect {
	struct lm_place place[PLACES];
	struct lm_rows rows;
};

static void collect(void *ctx, void *w, const char *verdict)
{
	struct collect *c = ctx;
	u64 row[PLACES];

	if (verdict)
		return;
	for (unsigned i = 0; i < c->rows.width; i++)
		row[i] = lm_value(w, &c->place[i]);
	lm_rows_add(&c->rows, row);
}

static char *print(const struct lm_rows *r)
{
	bool digits = true;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		xp_die("litmus: no memory for the outcomes");
	for (size_t i = 0; i < r->nr * r->width; i++)
		digits &= r->row[i] < 16;
	for (size_t i = 0; i < r->nr; i++)
		for (unsigned k = 0; k < r->width; k++) {
			const char *between = k ? digits ? "" : "," : i ? " " : "";

			fprintf(f, digits ? "%s%llx" : "%s%llu", between,
				(unsigned long long)r->row[i * r->width + k]);
		}
	fclose(f);
	return text;
}

/* No thread has an operation left. */
static bool threads_done(void *v)
{
	const struct lm_world *w = v;

	for (unsigned t = 0; t < w->prog->nr_threads; t++)
		if (w->s.cpu[t].pc != w->prog->thread[t].nr)
			return false;
	return true;
}

void lm_lacks(const struct xp_result *res, char *why, size_t size)
{
	*why = 0;
	if (!res->complete)
		snprintf(why, size, "not all executions: %s, after %llu schedules", res->why,
			 (unsigned long long)res->schedules);
	else if (res->failures)
		snprintf(why, size, "%s in %llu of %llu executions", res->verdict,
			 (unsigned long long)res->failures, (unsigned long long)res->schedules);
}

char *lm_outcomes(const struct lm_program *prog, const char *show, enum xp_reduce reduce,
		  bool enough, double seconds, char *why, size_t size)
{
	static struct lm_world w;
	struct collect c;
	struct xp_options opt = {.reduce = reduce,
				 .keep_going = true,
				 .max_seconds = seconds,
				 .on_end = collect,
				 .ctx = &c};
	struct xp_result res;
	char *text;

	lm_rows_open(&c.rows, parse_show(prog, show, c.place));
	lm_init(&w, prog);
	if (enough)
		w.world.enough = threads_done;
	xp_explore(&w.world, &w, &opt, &res);
	lm_rows_sort(&c.rows);
	text = print(&c.rows);
	lm_rows_close(&c.rows);
	lm_lacks(&res, why, size);
	return text;
}
