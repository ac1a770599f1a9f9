// SPDX-License-Identifier: GPL-2.0
/*
 * When all threads have been read: the targets of jumps, and the sizes of accesses. A variable is
 * always read and written as a whole: this machine has no load of four bytes from what two
 * stores of two bytes have written. If an instruction has no size (MOV [x],$1) it is that of the
 * other accesses, else of the declaration, else four bytes.
 */
#include <string.h>
#include "litmus_file.h"
#include "litmus_x86.h"

static void resolve_jumps(struct lm_file *f)
{
	for (unsigned i = 0; i < f->nr_jumps; i++) {
		const struct lm_label *j = &f->jump[i];
		unsigned k = 0;

		while (k < f->nr_labels &&
		       (f->label[k].thread != j->thread || strcmp(f->label[k].name, j->name)))
			k++;
		if (k == f->nr_labels)
			lm_error(f, j->where, "P%u has no label %s", j->thread, j->name);
		f->prog.thread[j->thread].op[j->at].val = f->label[k].at;
	}
}

static bool is_access(const struct lm_op *op)
{
	return op->kind == LM_LOAD || op->kind == LM_STORE || op->kind == LM_STORE_REG ||
	       op->kind == LM_RMW;
}

static const char *find(const struct lm_file *f, const struct lm_op *op)
{
	const char *at = strstr(f->text, op->text);

	return at ? at : f->text; /* an instruction of several lines is not found */
}

/*
 * With pointers all variables have one size: it is not known yet which one is pointed to. @last is
 * the size of the previous access, for further operations of the same instruction.
 */
struct sizes {
	struct lm_file *f;
	bool pointers;
	u8 all, last;
};

static void each_op(struct sizes *s, void (*what)(struct sizes *s, struct lm_op *op))
{
	for (unsigned t = 0; t < s->f->prog.nr_threads; t++)
		for (unsigned i = 0; i < s->f->prog.thread[t].nr; i++)
			what(s, &s->f->prog.thread[t].op[i]);
}

static void agree(const struct lm_file *f, const struct lm_op *op, u8 *known)
{
	if (*known && op->size && *known != op->size)
		lm_error(f, find(f, op), "%s: one variable by %u and by %u bytes is not supported",
			 op->text, op->size, *known);
	if (op->size)
		*known = op->size;
}

static void collect(struct sizes *s, struct lm_op *op)
{
	if (!is_access(op))
		return;
	if (op->base)
		s->pointers = true;
	else
		agree(s->f, op, &s->f->var[op->var].accessed);
}

static void collect_all(struct sizes *s, struct lm_op *op)
{
	if (is_access(op))
		agree(s->f, op, &s->all);
}

static void decide(struct sizes *s, struct lm_op *op)
{
	if (is_access(op)) {
		u8 size = op->base ? s->all : lm_var_size(s->f, op->var);

		if (!op->size)
			op->size = size ? size : 4;
		s->last = op->size;
		if (!op->base)
			s->f->var[op->var].accessed = op->size;
	} else if (!op->size) {
		op->size = s->last;
	}
}

static void check_immediate(struct sizes *s, struct lm_op *op)
{
	bool immediate = op->kind == LM_STORE || op->kind == LM_RMW || op->kind == LM_ALU;

	if (!immediate || op->src)
		return;
	if (!lm_fits(op->val, op->size))
		lm_error(s->f, find(s->f, op), "%s: an immediate of more than %u bytes", op->text,
			 op->size);
	op->val &= lm_mask(op->size);
}

void lm_resolve(struct lm_file *f)
{
	struct sizes s = {.f = f};

	resolve_jumps(f);
	each_op(&s, collect);
	if (s.pointers)
		each_op(&s, collect_all);
	for (unsigned v = 0; v < f->nr_vars; v++)
		if (s.pointers && !f->var[v].accessed && !f->var[v].declared)
			f->var[v].accessed = s.all;
	each_op(&s, decide);
	each_op(&s, check_immediate);
	memset(f->prog.size, 0xff, sizeof(f->prog.size)); /* no access fits what does not exist */
	for (unsigned v = 0; v < f->nr_vars; v++) {
		u64 *val = &f->prog.mem[v];
		unsigned size = lm_var_size(f, v);

		if (!lm_fits(*val, size))
			lm_error(f, f->text, "%s, of %u bytes, starts with a larger value",
				 f->var[v].name, size);
		*val &= lm_mask(size);
		f->prog.size[v] = size;
	}
}
