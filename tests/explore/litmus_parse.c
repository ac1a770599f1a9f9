// SPDX-License-Identifier: GPL-2.0
/* Litmus programs as text. */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "litmus.h"

const char lm_vars[] = "lmxyzw";
const char lm_regs[] = "abcdefgh";

static int place(const char *set, char c)
{
	const char *at = c ? strchr(set, c) : NULL;

	return at ? (int)(at - set) : -1;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool parse_op(const char *t, struct lm_op *op)
{
	int var = place(lm_vars, t[0]), reg = place(lm_regs, t[0]);
	size_t n = strlen(t);

	memset(op, 0, sizeof(*op));
	if (!strcmp(t, "mf") || !strcmp(t, "cli") || !strcmp(t, "sti")) {
		op->kind = t[0] == 'm' ? LM_MFENCE : t[0] == 'c' ? LM_CLI : LM_STI;
		return true;
	}
	if (n == 2 && (t[0] == 'i' || t[0] == 'w') && digit(t[1])) {
		op->kind = t[0] == 'i' ? LM_IPI : LM_WEAK_IPI;
		op->val = t[1] - '0';
		return true;
	}
	if (n == 2 && var >= 0 && var < 2 && (t[1] == '!' || t[1] == '.')) {
		op->kind = t[1] == '!' ? LM_LOCK : LM_UNLOCK;
		op->var = var;
		return true;
	}
	if (n == 3 && var >= 0 && (t[1] == '=' || t[1] == '?')) {
		op->var = var;
		op->kind = t[1] == '?' ? LM_AWAIT : digit(t[2]) ? LM_STORE : LM_STORE_REG;
		if (digit(t[2])) {
			op->val = t[2] - '0';
			return true;
		}
		op->reg = place(lm_regs, t[2]);
		return t[1] == '=' && place(lm_regs, t[2]) >= 0;
	}
	if (n == 4 && var >= 0 && place(lm_vars, t[1]) >= 0 && t[2] == '?' && digit(t[3])) {
		op->kind = LM_AWAIT_BOTH;
		op->var = var;
		op->reg = place(lm_vars, t[1]);
		op->val = t[3] - '0';
		return true;
	}
	if (n < 3 || reg < 0 || t[1] != '=' || place(lm_vars, t[2]) < 0)
		return false;
	op->reg = reg;
	op->var = place(lm_vars, t[2]);
	op->kind = LM_LOAD;
	if (n == 3)
		return true;
	op->kind = t[3] == '~' ? LM_XCHG : LM_ADD;
	op->val = t[4] - '0';
	return n == 5 && (t[3] == '~' || t[3] == '+') && digit(t[4]);
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
	static const char *const forms[] = {
		[LM_LOAD] = "r=v",	  [LM_STORE] = "v=n", [LM_STORE_REG] = "v=r",
		[LM_XCHG] = "r=v~n",	  [LM_ADD] = "r=v+n", [LM_MFENCE] = "mf",
		[LM_LOCK] = "v!",	  [LM_UNLOCK] = "v.", [LM_AWAIT] = "v?n",
		[LM_AWAIT_BOTH] = "vV?n", [LM_IPI] = "in",    [LM_WEAK_IPI] = "wn",
		[LM_CLI] = "cli",	  [LM_STI] = "sti",   [LM_IRET] = "iret",
	};
	const char *f = op->text ? op->text : forms[op->kind];
	size_t n = 0;

	if (op->text || op->kind == LM_CLI || op->kind == LM_STI || op->kind == LM_IRET) {
		snprintf(buf, size, "%s", f);
		return;
	}
	for (; *f && n < size; f++) {
		if (*f == 'n')
			n += snprintf(buf + n, size - n, "%llu", (unsigned long long)op->val);
		else
			n += snprintf(buf + n, size - n, "%c",
				      *f == 'r'	  ? lm_regs[op->reg]
				      : *f == 'v' ? lm_vars[op->var]
				      : *f == 'V' ? lm_vars[op->reg]
						  : *f);
	}
}

static size_t print_code(const struct lm_code *c, char *buf, size_t size)
{
	char op[32];
	size_t n = 0;

	for (unsigned i = 0; i < c->nr && n < size; i++) {
		lm_print_op(&c->op[i], op, sizeof(op));
		n += snprintf(buf + n, size - n, "%s%s", i ? " " : "", op);
	}
	return n;
}

void lm_print(const struct lm_program *prog, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = 0;
	for (unsigned t = 0; t < prog->nr_threads && n < size; t++) {
		n += snprintf(buf + n, size - n, "%s", t ? " | " : "");
		n += print_code(&prog->thread[t], buf + n, size - n);
		if (!prog->handler[t].nr || n >= size)
			continue;
		n += snprintf(buf + n, size - n, " : ");
		n += print_code(&prog->handler[t], buf + n, size - n);
	}
}
