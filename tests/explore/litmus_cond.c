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

static struct lm_prop *read_or(struct lm_reader *r);

static struct lm_prop *read_atom(struct lm_reader *r)
{
	struct lm_prop *c;
	bool differs;

	if (lm_eat(r, "(")) {
		c = read_or(r);
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
static struct lm_prop *read_implies(struct lm_reader *r)
{
	struct lm_prop *a = read_atom(r);

	return lm_eat(r, "=>") ? node(IMPLIES, a, read_implies(r)) : a;
}

static struct lm_prop *read_and(struct lm_reader *r)
{
	struct lm_prop *a = read_implies(r);

	while (lm_eat(r, "/\\"))
		a = node(AND, a, read_implies(r));
	return a;
}

static struct lm_prop *read_or(struct lm_reader *r)
{
	struct lm_prop *a = read_and(r);

	while (lm_eat(r, "\\/"))
		a = node(OR, a, read_and(r));
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

static int by_place(const void *a, const void *b)
{
	const struct lm_place *p = a, *q = b;
	unsigned x = p->thread, y = q->thread; /* variables, -1, last */

	if (x != y)
		return x < y ? -1 : 1;
	if (p->index != q->index)
		return p->index < q->index ? -1 : 1;
	return p->size - q->size;
}

static const struct lm_file *sorting;

static int by_name(const void *a, const void *b)
{
	const struct lm_place *p = a, *q = b;

	if (p->thread >= 0 || q->thread >= 0)
		return by_place(a, b);
	return strcmp(sorting->var[p->index].name, sorting->var[q->index].name);
}

void lm_read_final(struct lm_reader *r)
{
	struct lm_file *f = r->file;
	struct lm_prop *first = NULL;
	bool not ;

	if (lm_eat_word(r, "locations"))
		read_locations(r);
	if (lm_eat_word(r, "filter")) {
		unsigned shown = f->nr_places;

		f->filter = read_or(r);
		f->nr_places = shown;
	}
	not = lm_eat(r, "~") || lm_eat_word(r, "not");
	if (lm_eat_word(r, "exists") || (!not &&lm_eat_word(r, "final"))) {
		f->quantifier = not ? LM_NOT_EXISTS : LM_EXISTS;
		first = read_or(r);
	} else if (!not &&lm_eat_word(r, "forall")) {
		f->quantifier = LM_FORALL;
		first = read_or(r);
	} else if (!not &&lm_peek(r) == '(') {
		f->quantifier = LM_EXISTS;
		first = read_or(r);
	}
	f->cond = first ? first : node(TRUE, NULL, NULL);
	lm_eat(r, ";");
	if (not &&!first)
		lm_error(f, r->at, "exists is expected after ~");
	if (lm_peek(r))
		lm_error(f, r->at, "not understood: %.30s", r->at);
	sorting = f;
	qsort(f->place, f->nr_places, sizeof(f->place[0]), by_name);
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
	static const char *const signs[] = {[IMPLIES] = " => ", [AND] = " /\\ ", [OR] = " \\/ "};
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
		fputs(signs[c->kind], to);
		print(f, c->b, c->kind, to);
		fputs(brackets ? ")" : "", to);
	}
}

void lm_print_prop(const struct lm_file *f, const struct lm_prop *c, FILE *to)
{
	print(f, c, OR, to);
}
