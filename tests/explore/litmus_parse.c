// SPDX-License-Identifier: GPL-2.0
/* Litmus programs as text. */
#include <string.h>
#include "engine.h"
#include "litmus.h"

const char lm_vars[] = "lmxyzw";
static const char regs[] = "abcdefgh";

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
	int var = place(lm_vars, t[0]), reg = place(regs, t[0]);
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
		op->reg = place(regs, t[2]);
		return t[1] == '=' && place(regs, t[2]) >= 0;
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

void lm_parse(const char *text, struct lm_program *prog)
{
	char buf[512], *save = NULL;
	struct lm_code *code = prog->thread;

	memset(prog, 0, sizeof(*prog));
	prog->nr_threads = 1;
	if (strlen(text) >= sizeof(buf))
		xp_die("litmus: program too long: %s", text);
	strcpy(buf, text);
	for (char *t = strtok_r(buf, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		if (!strcmp(t, "|")) {
			if (prog->nr_threads == LM_THREADS)
				xp_die("litmus: more than %d threads: %s", LM_THREADS, text);
			code = &prog->thread[prog->nr_threads++];
		} else if (!strcmp(t, ":")) {
			code = &prog->handler[prog->nr_threads - 1];
		} else if (code->nr == LM_OPS || !parse_op(t, &code->op[code->nr])) {
			xp_die("litmus: no such operation, or too many: %s in: %s", t, text);
		} else {
			u8 kind = code->op[code->nr++].kind;

			prog->interrupts |= kind == LM_IPI || kind == LM_WEAK_IPI;
		}
	}
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
	const char *f = forms[op->kind];
	char *end = buf + size - 1;

	if (op->kind == LM_CLI || op->kind == LM_STI || op->kind == LM_IRET) {
		snprintf(buf, size, "%s", f);
		return;
	}
	for (; *f && buf < end; f++)
		*buf++ = *f == 'r'   ? regs[op->reg]
			 : *f == 'v' ? lm_vars[op->var]
			 : *f == 'V' ? lm_vars[op->reg]
			 : *f == 'n' ? '0' + op->val
				     : *f;
	*buf = 0;
}

static size_t print_code(const struct lm_code *c, char *buf, size_t size)
{
	char op[8];
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
