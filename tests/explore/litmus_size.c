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

/* @op: each operation of @f, from the first of P0 on. */
#define for_each_op(op, f)                                                                 \
	for (struct lm_code *c = (f)->prog.thread; c < (f)->prog.thread + LM_THREADS; c++) \
		for (struct lm_op *op = c->op; op < c->op + c->nr; op++)

static void agree(const struct lm_file *f, const struct lm_op *op, u8 *known)
{
	if (*known && op->size && *known != op->size)
		lm_error(f, find(f, op), "%s: one variable by %u and by %u bytes is not supported",
			 op->text, op->size, *known);
	if (op->size)
		*known = op->size;
}

/*
 * What accesses of a known size say. Return: with pointers the size of all variables, since it is
 * not known yet which one is pointed to.
 */
static u8 known_sizes(struct lm_file *f)
{
	bool pointers = false;
	u8 all = 0;

	for_each_op (op, f) {
		if (is_access(op) && op->base)
			pointers = true;
		else if (is_access(op))
			agree(f, op, &f->var[op->var].accessed);
	}
	if (!pointers)
		return 0;
	for_each_op (op, f)
		if (is_access(op))
			agree(f, op, &all);
	for (unsigned v = 0; v < f->nr_vars; v++)
		if (!f->var[v].accessed && !f->var[v].declared)
			f->var[v].accessed = all;
	return all;
}

/* @pointed: size of accesses by pointers */
static void decide(struct lm_file *f, u8 pointed)
{
	u8 last = 0; /* for further operations of the same instruction */

	for_each_op (op, f) {
		if (!op->size)
			op->size = !is_access(op) ? last
				   : !op->base	  ? lm_var_size(f, op->var)
				   : pointed	  ? pointed
						  : 4;
		if (!is_access(op))
			continue;
		last = op->size;
		if (!op->base)
			f->var[op->var].accessed = last;
	}
}

static void check_immediates(struct lm_file *f)
{
	for_each_op (op, f) {
		if (op->src || (op->kind != LM_STORE && op->kind != LM_RMW && op->kind != LM_ALU))
			continue;
		if (!lm_fits(op->val, op->size))
			lm_error(f, find(f, op), "%s: an immediate of more than %u bytes", op->text,
				 op->size);
		op->val &= lm_mask(op->size);
	}
}

void lm_resolve(struct lm_file *f)
{
	resolve_jumps(f);
	decide(f, known_sizes(f));
	check_immediates(f);
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
