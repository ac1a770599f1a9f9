// SPDX-License-Identifier: GPL-2.0
/* Litmus programs as text. */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus.h"

const char lm_vars[] = "lmxyzw";
const char lm_regs[] = "abcdefgh";

/* R: a register, V, W: a variable, L: a lock, N: a number; else a character as it is. */
static const char *const forms[] = {
	[LM_LOAD] = "R=V",  [LM_STORE] = "V=N",	      [LM_STORE_REG] = "V=R", [LM_XCHG] = "R=V~N",
	[LM_ADD] = "R=V+N", [LM_MFENCE] = "mf",	      [LM_LOCK] = "L!",	      [LM_UNLOCK] = "L.",
	[LM_AWAIT] = "V?N", [LM_AWAIT_BOTH] = "VW?N", [LM_IPI] = "iN",	      [LM_WEAK_IPI] = "wN",
	[LM_CLI] = "cli",   [LM_STI] = "sti",	      [LM_IRET] = "iret",
};

/* What @kind can be, in the order of its numbers; NULL: it stands for itself. */
static const char *names_of(char kind)
{
	return kind == 'N'		    ? "0123456789"
	       : kind == 'R'		    ? lm_regs
	       : kind == 'V' || kind == 'W' ? lm_vars
	       : kind == 'L'		    ? "lm"
					    : NULL;
}

static bool fits(const char *t, const char *form, struct lm_op *op)
{
	for (; *form && *t; form++, t++) {
		const char *names = names_of(*form), *at = strchr(names ? names : form, *t);

		if (!at || (!names && at != form))
			return false;
		if (*form == 'N')
			op->val = at - names;
		else if (*form == 'V' || *form == 'L')
			op->var = at - names;
		else if (names)
			op->reg = at - names;
	}
	return *form == *t;
}

static bool parse_op(const char *t, struct lm_op *op)
{
	for (unsigned kind = 0; kind < LM_IRET; kind++) {
		*op = (struct lm_op){.kind = kind};
		if (fits(t, forms[kind], op))
			return true;
	}
	return false;
}

/* When the program has been read: does each thread exist that is interrupted? */
static void check_targets(const struct lm_program *prog, const struct lm_code *c, const char *text)
{
	for (unsigned i = 0; i < c->nr; i++)
		if ((c->op[i].kind == LM_IPI || c->op[i].kind == LM_WEAK_IPI) &&
		    c->op[i].val >= prog->nr_threads)
			xp_die("litmus: an IPI to thread %u of %u: %s", (unsigned)c->op[i].val,
			       prog->nr_threads, text);
}

static void add_op(struct lm_program *prog, struct lm_code *code, const char *t, const char *text)
{
	struct lm_op *op = &code->op[code->nr];

	if (code->nr == LM_OPS)
		xp_die("litmus: more than %d operations of a thread: %s", LM_OPS, text);
	if (!parse_op(t, op))
		xp_die("litmus: no such operation: %s in: %s", t, text);
	code->nr++;
	prog->interrupts |= op->kind == LM_IPI || op->kind == LM_WEAK_IPI;
	if (op->kind == LM_AWAIT || op->kind == LM_AWAIT_BOTH)
		prog->awaited |= 1u << op->var;
	if (op->kind == LM_AWAIT_BOTH)
		prog->awaited |= 1u << op->reg;
}

void lm_parse(const char *text, struct lm_program *prog)
{
	char *copy = strdup(text), *save = NULL;
	struct lm_code *code = prog->thread;

	memset(prog, 0, sizeof(*prog));
	prog->name = "litmus";
	prog->nr_threads = 1;
	if (!copy)
		xp_die("litmus: no memory for a program");
	for (char *t = strtok_r(copy, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		struct lm_code *handler = &prog->handler[prog->nr_threads - 1];

		if (strcmp(t, "|") && strcmp(t, ":")) {
			add_op(prog, code, t, text);
		} else if (*t == ':') {
			if (code == handler)
				xp_die("litmus: a thread with two handlers: %s", text);
			code = handler;
		} else {
			if (prog->nr_threads == LM_THREADS)
				xp_die("litmus: more than %d threads: %s", LM_THREADS, text);
			code = &prog->thread[prog->nr_threads++];
		}
	}
	for (unsigned t = 0; t < prog->nr_threads; t++) {
		check_targets(prog, &prog->thread[t], text);
		check_targets(prog, &prog->handler[t], text);
	}
	free(copy);
}

void lm_print_op(const struct lm_op *op, char *buf, size_t size)
{
	size_t n = snprintf(buf, size, "%s", op->text ? op->text : "");

	for (const char *f = op->text ? "" : forms[op->kind]; *f && n < size; f++) {
		const char *names = names_of(*f);

		if (*f == 'N')
			n += snprintf(buf + n, size - n, "%llu", (unsigned long long)op->val);
		else
			n += snprintf(buf + n, size - n, "%c",
				      !names		       ? *f
				      : *f == 'V' || *f == 'L' ? names[op->var]
							       : names[op->reg]);
	}
}

static void print_code(const struct lm_code *c, FILE *to)
{
	char op[32];

	for (unsigned i = 0; i < c->nr; i++) {
		lm_print_op(&c->op[i], op, sizeof(op));
		fprintf(to, "%s%s", i ? " " : "", op);
	}
}

const char *lm_text(const struct lm_program *prog)
{
	static char *text;
	size_t size;
	FILE *f;

	free(text);
	f = open_memstream(&text, &size);
	if (!f)
		xp_die("litmus: no memory to print a program");
	for (unsigned t = 0; t < prog->nr_threads; t++) {
		fputs(t ? " | " : "", f);
		print_code(&prog->thread[t], f);
		fputs(prog->handler[t].nr ? " : " : "", f);
		print_code(&prog->handler[t], f);
	}
	fclose(f);
	return text;
}
