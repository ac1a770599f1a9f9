// SPDX-License-Identifier: GPL-2.0
/*
 * A .litmus file: architecture and name, information about the test, { the initial state },
 * threads in columns, the final condition.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "litmus_file.h"
#include "litmus_x86.h"

static void header(struct lm_reader *r)
{
	struct lm_file *f = r->file;
	char arch[LM_NAME] = "";
	size_t n;

	if (!lm_word(r, arch) || (strcmp(arch, "X86") && strcmp(arch, "X86_64")))
		lm_error(f, r->at, "a test for %.20s: only X86 and X86_64 are read",
			 *arch ? arch : "no architecture");
	f->att = !strcmp(arch, "X86_64");
	while (*r->at == ' ' || *r->at == '\t')
		r->at++;
	n = strcspn(r->at, "\r\n");
	while (n && isspace((unsigned char)r->at[n - 1]))
		n--;
	if (!n || n >= LM_NAME)
		lm_error(f, f->text, "a name of 1 to %d bytes is expected after %s", LM_NAME - 1,
			 arch);
	memcpy(f->name, r->at, n);
	r->at += n;
}

/* "Quoted lines" and Key=value lines. */
static void preamble(struct lm_reader *r)
{
	const char *start = r->at;
	bool quoted = false;

	for (; *r->at && (quoted || *r->at != '{'); r->at++)
		quoted ^= *r->at == '"';
	if (!*r->at)
		lm_error(r->file, start, "no { start }");
	r->at++;
}

/* The type that @word belongs to: only its size in bytes and its sign matter. */
static void add_type(const char *word, struct lm_var *type)
{
	static const struct {
		const char *in;
		u8 size;
	} sizes[] = {{"64", 8},	  {"32", 4},	{"16", 2},   {"8", 1},
		     {"char", 1}, {"short", 2}, {"long", 8}, {"int", 4}};

	type->is_unsigned |= word[0] == 'u' || !strncmp(word, "atomic_u", 8);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (strstr(word, sizes[i].in)) {
			type->declared = type->declared ? type->declared : sizes[i].size;
			return;
		}
}

static u64 initial(struct lm_reader *r, unsigned size)
{
	const char *at = r->at;
	char name[LM_NAME];
	u64 val;

	if (lm_number(r, &val)) {
		if (!lm_fits(val, size))
			lm_error(r->file, at, "a value of more than %u bytes", size);
		return val & lm_mask(size);
	}
	lm_eat(r, "&");
	if (!lm_word(r, name))
		lm_error(r->file, r->at, "neither a number nor a variable: %.20s", r->at);
	r->file->pointers = true;
	return LM_ADDRESS + lm_var_index(r, name) * LM_APART;
}

/* Does a place follow, so that the word before it was a type? */
static bool place_follows(struct lm_reader *r)
{
	char c = lm_peek(r);

	return isalnum((unsigned char)c) || c == '_' || c == '*' || c == '[';
}

static void init_register(struct lm_reader *r, unsigned thread)
{
	struct lm_place p;

	if (thread >= LM_THREADS)
		lm_error(r->file, r->at, "thread %u: there can be %d", thread, LM_THREADS);
	lm_thread_register(r, thread, &p);
	if (lm_eat(r, "="))
		r->file->prog.reg[thread][p.index] = initial(r, p.size);
}

static void init_item(struct lm_reader *r)
{
	struct lm_file *f = r->file;
	struct lm_var type = {0};
	char name[LM_NAME];
	unsigned thread;
	bool bracket;
	struct lm_var *v;

	for (;;) {
		if (lm_eat(r, "*")) {
			type.declared = f->att ? 8 : 4;
			type.is_unsigned = true;
			continue;
		}
		if (lm_thread_colon(r, &thread)) {
			init_register(r, thread);
			return;
		}
		bracket = lm_eat(r, "[");
		if (!lm_word(r, name))
			lm_error(f, r->at, "neither a variable nor a register: %.20s", r->at);
		if (bracket || !place_follows(r))
			break;
		if (*r->at == '[' && isdigit((unsigned char)r->at[1]))
			lm_error(f, r->at, "%s is an array, which is not supported", name);
		add_type(name, &type);
	}
	if (bracket)
		lm_expect(r, "]", "after a variable");
	v = &f->var[lm_var_index(r, name)];
	v->declared = type.declared;
	v->is_unsigned = type.is_unsigned;
	if (lm_eat(r, "="))
		f->prog.mem[v - f->var] = initial(r, v->declared ? v->declared : 8);
}

static void init(struct lm_reader *r)
{
	while (!lm_eat(r, "}")) {
		if (lm_eat(r, ";"))
			continue;
		init_item(r);
		if (lm_peek(r) != '}')
			lm_expect(r, ";", "after a value at the start");
	}
}

static void threads(struct lm_reader *r)
{
	struct lm_program *p = &r->file->prog;
	const char *start = r->at;
	char name[LM_NAME], want[16];

	do {
		snprintf(want, sizeof(want), "P%u", p->nr_threads);
		if (p->nr_threads == LM_THREADS)
			lm_error(r->file, r->at, "more than %d threads", LM_THREADS);
		if (!lm_word(r, name) || strcmp(name, want))
			lm_error(r->file, start, "the line of threads, P0 | P1 ... ;, is expected");
		p->nr_threads++;
	} while (lm_eat(r, "|"));
	lm_expect(r, ";", "after the line of threads");
}

/* Does the text from @from to @to end with the prefix LOCK? A semicolon may follow the prefix. */
static bool is_lock(const char *from, const char *to)
{
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	return to - from >= 4 && !strncasecmp(to - 4, "lock", 4) &&
	       (to - from == 4 || isspace((unsigned char)to[-5]) || to[-5] == ':');
}

static const char *cell_end(struct lm_reader *r)
{
	char *c = (char *)r->at;

	for (;; c++) {
		c += strcspn(c, "|;");
		if (!*c)
			lm_error(r->file, r->at, "no ; at the end of a line of instructions");
		if (*c == '|' || !is_lock(r->at, c))
			return c;
		*c = ' ';
	}
}

static bool final_follows(struct lm_reader *r)
{
	static const char *const words[] = {"exists", "forall",	  "locations", "filter",
					    "final",  "observed", "with",      "not"};
	struct lm_reader ahead = *r;
	char c = lm_peek(&ahead);

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (lm_eat_word(&ahead, words[i]))
			return true;
	return !c || c == '~' || c == '(';
}

static void code(struct lm_reader *r)
{
	struct lm_file *f = r->file;

	while (!final_follows(r)) {
		const char *end, *line = r->at;
		unsigned t = 0;

		do {
			end = cell_end(r);
			if (t == f->prog.nr_threads)
				lm_error(f, line, "more columns than threads");
			lm_instruction(r, t++, end);
			r->at = end + 1;
		} while (*end == '|');
		if (t != f->prog.nr_threads)
			lm_error(f, line, "%u columns for %u threads", t, f->prog.nr_threads);
	}
}

void lm_read_test(const char *path, char *text, struct lm_file *f)
{
	struct lm_reader r = {.file = f, .at = text};

	memset(f, 0, sizeof(*f));
	f->path = f->prog.name = path;
	f->text = text;
	lm_blank_comments(f);
	header(&r);
	preamble(&r);
	init(&r);
	threads(&r);
	for (unsigned t = f->prog.nr_threads; t < LM_THREADS; t++)
		for (unsigned i = 0; i < LM_REGS; i++)
			if (f->prog.reg[t][i])
				lm_error(f, f->text, "a register of P%u, which is no thread", t);
	code(&r);
	lm_resolve(f);
	lm_read_final(&r);
}
