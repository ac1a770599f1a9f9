// SPDX-License-Identifier: GPL-2.0
/*
 * What is shown at the end and what must hold there:
 *	locations [x; 0:EAX;]  filter PROP  exists PROP | forall PROP | ~exists PROP
 *	PROP: 0:EAX=1, [x]=2, x=2, =, ==, !=, <>, another place on the right, true, false,
 *	~ => /\ \/ in this order, and ( )
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "litmus_file.h"
#include "litmus_x86.h"

enum kind { TRUE, FALSE, EQUAL, NOT, IMPLIES, AND, OR };

struct lm_prop {
	enum kind kind;
	struct lm_prop *a, *b;
	struct lm_place left, right;
	bool places; /* both sides are */
	u64 val;
};

static struct lm_prop *node(enum kind kind, struct lm_prop *a, struct lm_prop *b)
{
	struct lm_prop *c = calloc(1, sizeof(*c));

	if (!c)
		exit(2);
	c->kind = kind;
	c->a = a;
	c->b = b;
	return c;
}

/* 0:EAX, x, [x], *x. Return: false if nothing like it is there */
static bool read_place(struct lm_reader *r, struct lm_place *to)
{
	struct lm_file *f = r->file;
	char name[LM_NAME];
	unsigned thread;
	bool bracket;

	if (lm_thread_colon(r, &thread)) {
		if (thread >= f->prog.nr_threads)
			lm_error(f, r->at, "there is no thread %u", thread);
		lm_thread_register(r, thread, to);
		return true;
	}
	bracket = lm_eat(r, "[");
	if (!bracket)
		lm_eat(r, "*");
	if (!lm_word(r, name))
		return false;
	if (lm_peek(r) == '[' || lm_peek(r) == '(' || lm_peek(r) == ':')
		lm_error(f, r->at, "%s%c... is not supported", name, *r->at);
	*to = (struct lm_place){.thread = -1, .index = lm_var_index(r, name)};
	if (bracket)
		lm_expect(r, "]", "after a variable");
	to->size = lm_var_size(f, to->index);
	return true;
}

static void show(struct lm_reader *r, const struct lm_place *p)
{
	struct lm_file *f = r->file;

	for (unsigned i = 0; i < f->nr_places; i++)
		if (f->place[i].thread == p->thread && f->place[i].index == p->index &&
		    f->place[i].size == p->size)
			return;
	if (f->nr_places == LM_PLACES)
		lm_error(f, r->at, "more than %d places to show", LM_PLACES);
	f->place[f->nr_places++] = *p;
}

static void read_right(struct lm_reader *r, struct lm_prop *c)
{
	struct lm_file *f = r->file;
	struct lm_reader ahead = *r;
	char first = lm_peek(r), name[LM_NAME];
	const char *at = r->at;
	unsigned thread;

	if (first == '[' || first == '*' || lm_thread_colon(&ahead, &thread)) {
		c->places = true;
		if (!read_place(r, &c->right))
			lm_error(f, r->at, "a place is expected: %.20s", r->at);
		show(r, &c->right);
	} else if (lm_number(r, &c->val)) {
		if (!lm_fits(c->val, c->left.size))
			lm_error(f, at, "a value of more than %u bytes", c->left.size);
		c->val &= lm_mask(c->left.size);
	} else {
		lm_eat(r, "&");
		if (!lm_word(r, name))
			lm_error(f, r->at, "a value is expected: %.20s", r->at);
		c->val = LM_ADDRESS + lm_var_index(r, name) * LM_APART;
		f->pointers = true;
	}
}

static struct lm_prop *read_prop(struct lm_reader *r, enum kind loosest);

static struct lm_prop *read_atom(struct lm_reader *r)
{
	struct lm_prop *c;
	bool differs;

	if (lm_eat(r, "(")) {
		c = read_prop(r, OR);
		lm_expect(r, ")", "in a condition");
		return c;
	}
	if (lm_eat(r, "~") || lm_eat_word(r, "not"))
		return node(NOT, read_atom(r), NULL);
	if (lm_eat_word(r, "true"))
		return node(TRUE, NULL, NULL);
	if (lm_eat_word(r, "false"))
		return node(FALSE, NULL, NULL);
	c = node(EQUAL, NULL, NULL);
	if (!read_place(r, &c->left))
		lm_error(r->file, r->at, "a condition is expected: %.20s",
			 *r->at ? r->at : "(end)");
	show(r, &c->left);
	differs = lm_eat(r, "!=") || lm_eat(r, "<>");
	if (!differs && !lm_eat(r, "=="))
		lm_expect(r, "=", "in a condition");
	read_right(r, c);
	return differs ? node(NOT, c, NULL) : c;
}

/* The tighter ones first, as herdtools has it: ~ => /\ \/. */
static const char *const signs[] = {[IMPLIES] = "=>", [AND] = "/\\", [OR] = "\\/"};

static struct lm_prop *read_prop(struct lm_reader *r, enum kind loosest)
{
	struct lm_prop *a;

	if (loosest == NOT)
		return read_atom(r);
	a = read_prop(r, loosest - 1);
	while (lm_eat(r, signs[loosest]))
		a = node(loosest, a, read_prop(r, loosest - (loosest != IMPLIES)));
	return a;
}

static void read_locations(struct lm_reader *r)
{
	struct lm_place p;
	char type[LM_NAME];

	lm_expect(r, "[", "after locations");
	while (!lm_eat(r, "]")) {
		if (lm_eat(r, ";"))
			continue;
		if (!read_place(r, &p))
			lm_error(r->file, r->at, "a place is expected: %.20s", r->at);
		show(r, &p);
		while (lm_word(r, type) || lm_eat(r, "*"))
			;
		if (lm_peek(r) != ']')
			lm_expect(r, ";", "after a place");
	}
}

static const struct lm_file *sorting;

/* Registers by thread and number, then variables by name. */
static int by_place(const void *a, const void *b)
{
	const struct lm_place *p = a, *q = b;

	if (p->thread < 0 && q->thread < 0)
		return strcmp(sorting->var[p->index].name, sorting->var[q->index].name);
	if (p->thread != q->thread)
		return (unsigned)p->thread < (unsigned)q->thread ? -1 : 1; /* variables are -1 */
	return p->index != q->index ? p->index - q->index : p->size - q->size;
}

void lm_read_final(struct lm_reader *r)
{
	struct lm_file *f = r->file;
	bool never;

	if (lm_eat_word(r, "locations"))
		read_locations(r);
	if (lm_eat_word(r, "filter")) {
		unsigned shown = f->nr_places;

		f->filter = read_prop(r, OR);
		f->nr_places = shown;
	}
	never = lm_eat(r, "~") || lm_eat_word(r, "not");
	f->quantifier = never ? LM_NOT_EXISTS : LM_EXISTS;
	if (lm_eat_word(r, "exists") ||
	    (!never && (lm_eat_word(r, "final") || lm_peek(r) == '('))) {
		f->cond = read_prop(r, OR);
	} else if (!never) {
		f->quantifier = LM_FORALL;
		f->cond = lm_eat_word(r, "forall") ? read_prop(r, OR) : node(TRUE, NULL, NULL);
	}
	lm_eat(r, ";");
	if (!f->cond)
		lm_error(f, r->at, "exists is expected after ~");
	if (lm_peek(r))
		lm_error(f, r->at, "not understood: %.30s", r->at);
	sorting = f;
	qsort(f->place, f->nr_places, sizeof(f->place[0]), by_place);
}

bool lm_holds(const struct lm_prop *c, const struct lm_world *w)
{
	switch (c->kind) {
	case TRUE:
		return true;
	case FALSE:
		return false;
	case NOT:
		return !lm_holds(c->a, w);
	case IMPLIES:
		return !lm_holds(c->a, w) || lm_holds(c->b, w);
	case AND:
		return lm_holds(c->a, w) && lm_holds(c->b, w);
	case OR:
		return lm_holds(c->a, w) || lm_holds(c->b, w);
	case EQUAL:
		break;
	}
	return lm_value(w, &c->left) == (c->places ? lm_value(w, &c->right) : c->val);
}

static void print(const struct lm_file *f, const struct lm_prop *c, enum kind within, FILE *to)
{
	bool brackets = c->kind > within || (c->kind == IMPLIES && within != OR);

	if (c->kind == TRUE || c->kind == FALSE) {
		fputs(c->kind == TRUE ? "true" : "false", to);
	} else if (c->kind == EQUAL) {
		lm_print_place(f, &c->left, to);
		fputc('=', to);
		if (c->places)
			lm_print_place(f, &c->right, to);
		else
			lm_print_value(f, &c->left, c->val, to);
	} else if (c->kind == NOT) {
		fputs("not (", to);
		print(f, c->a, OR, to);
		fputc(')', to);
	} else {
		fputs(brackets ? "(" : "", to);
		print(f, c->a, c->kind, to);
		fprintf(to, " %s ", signs[c->kind]);
		print(f, c->b, c->kind, to);
		fputs(brackets ? ")" : "", to);
	}
}

void lm_print_prop(const struct lm_file *f, const struct lm_prop *c, FILE *to)
{
	print(f, c, OR, to);
}
