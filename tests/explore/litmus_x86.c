// SPDX-License-Identifier: GPL-2.0
/* Read instructions: mnemonics, sizes, operands in either order. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "litmus_lower.h"

/* Tables end with a name that is NULL. */
struct code {
	const char *name;
	u8 code;
};

static const struct code mnemonics[] = {
	{"mov", LM_MOV},
	{"add", LM_PLUS},
	{"sub", LM_MINUS},
	{"and", LM_AND},
	{"or", LM_OR},
	{"xor", LM_XOR},
	{"cmp", LM_CMP},
	{"test", LM_TEST},
	{"inc", LM_INC},
	{"dec", LM_DEC},
	{"neg", LM_NEG},
	{"not", LM_NOT},
	{"shl", LM_SHL},
	{"sal", LM_SHL},
	{"shr", LM_SHR},
	{"xchg", LM_SWAP},
	{"xadd", LM_XADD},
	{"cmpxchg", LM_CMPXCHG},
	{"jmp", LM_BRANCH},
	{"mfence", LM_FENCE},
	{"lfence", LM_NOP},
	{"sfence", LM_NOP},
	{"nop", LM_NOP},
	{"pause", LM_NOP},
	{0},
};

/* Mnemonics with a condition behind them. */
static const struct code conditional[] = {
	{"j", LM_BRANCH}, {"set", LM_SET}, {"cmov", LM_CMOV}, {0}};

static const struct code conditions[] = {
	{"o", LM_O},   {"no", LM_NO}, {"b", LM_C},   {"c", LM_C},   {"nae", LM_C}, {"nb", LM_NC},
	{"nc", LM_NC}, {"ae", LM_NC}, {"e", LM_Z},   {"z", LM_Z},   {"ne", LM_NZ}, {"nz", LM_NZ},
	{"be", LM_BE}, {"na", LM_BE}, {"a", LM_A},   {"nbe", LM_A}, {"s", LM_S},   {"ns", LM_NS},
	{"l", LM_L},   {"nge", LM_L}, {"ge", LM_GE}, {"nl", LM_GE}, {"le", LM_LE}, {"ng", LM_LE},
	{"g", LM_G},   {"nle", LM_G}, {"lt", LM_L},  {"gt", LM_G}, /* herdtools' names */
	{0},
};

static const struct code *look_up(const struct code *table, const char *name)
{
	while (table->name && strcmp(table->name, name))
		table++;
	return table->name ? table : NULL;
}

static bool mnemonic(const char *name, struct lm_insn *in)
{
	const struct code *c = look_up(mnemonics, name), *cond = NULL;

	for (const struct code *k = conditional; !c && k->name; k++) {
		size_t n = strlen(k->name);

		cond = strncmp(name, k->name, n) ? NULL : look_up(conditions, name + n);
		c = cond ? k : NULL;
	}
	if (c)
		in->alu = c->code;
	if (cond)
		in->cond = cond->code;
	return c;
}

/* Does the mnemonic take b, w, l or q? */
static bool sized(enum lm_alu alu)
{
	return alu < LM_SET;
}

static bool operation(char *name, struct lm_insn *in)
{
	static const char suffixes[] = "bwlq";
	size_t n = strlen(name);
	const char *suffix = n ? strchr(suffixes, name[n - 1]) : NULL;

	if (mnemonic(name, in))
		return true;
	if (!suffix)
		return false;
	name[n - 1] = 0;
	in->size = 1 << (suffix - suffixes);
	return mnemonic(name, in) && sized(in->alu);
}

static void memory(struct lm_reader *r, const struct lm_insn *in, struct lm_operand *o)
{
	const char *close = *r->at == '[' ? "]" : ")";
	char name[LM_NAME];
	u8 size;

	r->at++;
	o->kind = LM_MEMORY;
	lm_eat(r, "%");
	if (!lm_word(r, name))
		lm_unsupported(r->file, in, "an address that is neither a variable nor a register");
	if (lm_register(name, &o->base, &size)) {
		if (size < 4)
			lm_unsupported(r->file, in, "an address in a part of a register");
		o->base++;
	} else {
		o->var = lm_var_index(r, name);
	}
	if (!lm_eat(r, close))
		lm_unsupported(r->file, in, "an address of several parts");
}

/* A number alone is an immediate, before an address an offset. */
static void number_first(struct lm_reader *r, const struct lm_insn *in, struct lm_operand *o)
{
	bool dollar = lm_eat(r, "$");
	char c;

	if (!lm_number(r, &o->val))
		lm_unsupported(r->file, in, "an immediate that is no number");
	c = lm_peek(r);
	if (dollar || (c != '(' && c != '['))
		return;
	if (o->val)
		lm_unsupported(r->file, in, "an offset");
	memory(r, in, o);
}

static void operand(struct lm_reader *r, struct lm_insn *in, struct lm_operand *o)
{
	char c = lm_peek(r), name[LM_NAME];

	memset(o, 0, sizeof(*o));
	if (c == '[' || c == '(') {
		memory(r, in, o);
		return;
	}
	if (c == '$' || c == '-' || isdigit((unsigned char)c)) {
		number_first(r, in, o);
		return;
	}
	lm_eat(r, "%");
	o->kind = LM_REGISTER;
	if (!lm_word(r, name) || !lm_register(name, &o->reg, &o->size))
		lm_unsupported(r->file, in,
			       "an operand that is no immediate, register or [variable]");
}

/* Intel: destination, source; AT&T: source, destination. XCHG and the like are given either way. */
static void operands(struct lm_reader *r, struct lm_insn *in)
{
	struct lm_operand *first = &in->to, *second = &in->from, swap;

	operand(r, in, first);
	in->nr = 1;
	if (!lm_eat(r, ","))
		return;
	operand(r, in, second);
	in->nr = 2;
	if (in->alu == LM_SWAP || in->alu == LM_XADD || in->alu == LM_CMPXCHG
		    ? second->kind == LM_MEMORY && first->kind != LM_MEMORY
		    : r->file->att) {
		swap = *first;
		*first = *second;
		*second = swap;
	}
}

static void set_size(const struct lm_file *f, struct lm_insn *in)
{
	const struct lm_operand *both[] = {&in->to, &in->from};

	if (in->alu == LM_SET)
		in->size = 1;
	for (unsigned i = 0; i < in->nr; i++) {
		if (both[i]->kind != LM_REGISTER)
			continue;
		if (in->size && in->size != both[i]->size)
			lm_unsupported(f, in, "operands of two sizes");
		in->size = both[i]->size;
	}
}

static void labels(struct lm_reader *r, unsigned thread)
{
	struct lm_file *f = r->file;

	for (;;) {
		struct lm_reader ahead = *r;
		char name[LM_NAME];

		if (!lm_word(&ahead, name) || !lm_eat(&ahead, ":"))
			return;
		for (unsigned i = 0; i < f->nr_labels; i++)
			if (f->label[i].thread == thread && !strcmp(f->label[i].name, name))
				lm_error(f, r->at, "label %s is there already", name);
		if (f->nr_labels == LM_LABELS)
			lm_error(f, r->at, "more than %d labels", LM_LABELS);
		f->label[f->nr_labels] =
			(struct lm_label){.thread = thread, .at = f->prog.thread[thread].nr};
		strcpy(f->label[f->nr_labels++].name, name);
		*r = ahead;
	}
}

/* For messages: in one line, without the blanks around it. */
static const char *copy(const char *from, const char *end)
{
	char *text;

	while (end > from && isspace((unsigned char)end[-1]))
		end--;
	text = strndup(from, end - from);
	if (!text)
		exit(2);
	for (char *c = text; *c; c++)
		*c = isspace((unsigned char)*c) ? ' ' : *c;
	return text;
}

void lm_instruction(struct lm_reader *r, unsigned thread, const char *end)
{
	struct lm_insn in = {.thread = thread, .cond = LM_ALWAYS};
	char name[LM_NAME];

	/* End the text at the end of the cell: the search for labels must not read further. */
	struct lm_file *f = r->file;
	char stop = *end;

	*(char *)end = 0;
	labels(r, thread);
	if (lm_peek(r)) {
		in.where = r->at;
		in.text = copy(r->at, end);
		in.locked = lm_eat_word(r, "lock");
		lm_word(r, name);
		for (char *c = name; *c; c++)
			*c = tolower(*c);
		if (!operation(name, &in))
			lm_unsupported(f, &in, "no such instruction, or none that is supported");
		if (in.alu == LM_BRANCH) {
			if (!lm_word(r, in.target))
				lm_unsupported(f, &in, "no label");
		} else if (lm_peek(r)) {
			operands(r, &in);
		}
		if (lm_peek(r))
			lm_unsupported(f, &in, "more operands than are known");
		set_size(f, &in);
		lm_lower(f, &in);
	}
	*(char *)end = stop;
}
