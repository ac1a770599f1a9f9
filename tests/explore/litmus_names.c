// SPDX-License-Identifier: GPL-2.0
/* Registers and variables of a .litmus file: look up by name, print. */
#include <ctype.h>
#include <string.h>
#include "litmus_file.h"
#include "litmus_x86.h"

/* By number; CMPXCHG relies on RAX being 0. Names for 8, 4, 2 and 1 bytes. */
static const char names[LM_REGS - 1][4][5] = {
	{"rax", "eax", "ax", "al"},	 {"rbx", "ebx", "bx", "bl"},
	{"rcx", "ecx", "cx", "cl"},	 {"rdx", "edx", "dx", "dl"},
	{"rsi", "esi", "si", "sil"},	 {"rdi", "edi", "di", "dil"},
	{"rbp", "ebp", "bp", "bpl"},	 {"rsp", "esp", "sp", "spl"},
	{"r8", "r8d", "r8w", "r8b"},	 {"r9", "r9d", "r9w", "r9b"},
	{"r10", "r10d", "r10w", "r10b"}, {"r11", "r11d", "r11w", "r11b"},
	{"r12", "r12d", "r12w", "r12b"}, {"r13", "r13d", "r13w", "r13b"},
	{"r14", "r14d", "r14w", "r14b"}, {"r15", "r15d", "r15w", "r15b"},
};

bool lm_register(const char *name, u8 *index, u8 *size)
{
	for (unsigned i = 0; i < LM_REGS - 1; i++)
		for (unsigned k = 0; k < 4; k++)
			if (!strcasecmp(name, names[i][k])) {
				*index = i;
				*size = 8 >> k;
				return true;
			}
	return false;
}

unsigned lm_var_index(struct lm_reader *r, const char *name)
{
	struct lm_file *f = r->file;
	unsigned v = 0;
	u8 unused;

	while (v < f->nr_vars && strcmp(f->var[v].name, name))
		v++;
	if (v < f->nr_vars)
		return v;
	if (lm_register(name, &unused, &unused))
		lm_error(f, r->at, "register %s of which thread? Write 0:%s", name, name);
	if (v == LM_VARS)
		lm_error(f, r->at, "more than %d variables", LM_VARS);
	strcpy(f->var[f->nr_vars++].name, name);
	return v;
}

bool lm_thread_colon(struct lm_reader *r, unsigned *thread)
{
	const char *c;
	unsigned n = 0;

	lm_peek(r);
	c = r->at + (*r->at == 'P');
	if (!isdigit((unsigned char)*c))
		return false;
	for (; isdigit((unsigned char)*c); c++)
		n = n < 1000 ? n * 10 + (*c - '0') : n;
	while (isspace((unsigned char)*c))
		c++;
	if (*c != ':')
		return false;
	r->at = c + 1;
	*thread = n;
	return true;
}

void lm_thread_register(struct lm_reader *r, unsigned thread, struct lm_place *to)
{
	char name[LM_NAME];

	lm_eat(r, "%");
	to->thread = thread;
	if (!lm_word(r, name) || !lm_register(name, &to->index, &to->size))
		lm_error(r->file, r->at, "no such register: %u:%s", thread, name);
}

unsigned lm_var_size(const struct lm_file *f, unsigned var)
{
	const struct lm_var *v = &f->var[var];

	return v->accessed ? v->accessed : v->declared ? v->declared : 4;
}

void lm_print_place(const struct lm_file *f, const struct lm_place *p, FILE *to)
{
	const char *name;

	if (p->thread < 0) {
		fprintf(to, "[%s]", f->var[p->index].name);
		return;
	}
	name = names[p->index][p->size == 8 ? 0 : p->size == 4 ? 1 : p->size == 2 ? 2 : 3];
	fprintf(to, "%d:", p->thread);
	for (; *name; name++)
		fputc(f->att ? *name : toupper(*name), to);
}

void lm_print_value(const struct lm_file *f, const struct lm_place *p, u64 val, FILE *to)
{
	unsigned size = p->thread < 0 ? lm_var_size(f, p->index) : p->size;
	u64 top = (lm_mask(size) >> 1) + 1, at = val - LM_ADDRESS;

	if (f->pointers && at % LM_APART == 0 && at / LM_APART < f->nr_vars)
		fputs(f->var[at / LM_APART].name, to);
	else if (p->thread < 0 && f->var[p->index].is_unsigned)
		fprintf(to, "%llu", (unsigned long long)val);
	else
		fprintf(to, "%lld", (long long)((val ^ top) - top));
}
