// SPDX-License-Identifier: GPL-2.0
/*
 * Translate instructions into operations of the machine. Each has at most one access to memory:
 * INC [x] without LOCK is a load, then a store, and other threads may run in between (Intel SDM
 * volume 3, 8.1).
 */
#include <string.h>
#include "litmus_lower.h"

#define TMP (LM_REGS - 1)

void lm_unsupported(const struct lm_file *f, const struct lm_insn *in, const char *why)
{
	lm_error(f, in->where, "%s: %s", in->text, why);
}

static void emit(struct lm_file *f, const struct lm_insn *in, struct lm_op op)
{
	struct lm_code *c = &f->prog.thread[in->thread];

	if (c->nr == LM_OPS)
		lm_error(f, in->where, "P%u becomes more than %d operations", in->thread, LM_OPS);
	op.text = in->text;
	op.size = in->size;
	op.cond = in->cond;
	c->op[c->nr++] = op;
}

static void access_memory(struct lm_file *f, const struct lm_insn *in, const struct lm_operand *o,
			  struct lm_op op)
{
	op.var = o->var;
	op.base = o->base;
	emit(f, in, op);
}

/* @o as the operand of an operation. An operand in memory has been loaded into TMP. */
static struct lm_op with(const struct lm_operand *o, struct lm_op op)
{
	if (o->kind == LM_IMMEDIATE)
		op.val = o->val;
	else
		op.src = (o->kind == LM_MEMORY ? TMP : o->reg) + 1;
	return op;
}

static void need(const struct lm_file *f, const struct lm_insn *in, unsigned operands)
{
	if (in->nr != operands)
		lm_unsupported(f, in, "another number of operands is expected");
	if (operands && in->to.kind == LM_IMMEDIATE)
		lm_unsupported(f, in, "an immediate as the destination");
	if (operands > 1 && in->to.kind == LM_MEMORY && in->from.kind == LM_MEMORY)
		lm_unsupported(f, in, "two operands in memory");
}

static void load(struct lm_file *f, const struct lm_insn *in, const struct lm_operand *o, u8 reg)
{
	access_memory(f, in, o, (struct lm_op){.kind = LM_LOAD, .reg = reg});
}

static void move(struct lm_file *f, const struct lm_insn *in)
{
	struct lm_op op = {.kind = LM_ALU, .alu = LM_MOV, .reg = in->to.reg};

	need(f, in, 2);
	if (in->to.kind == LM_MEMORY && in->from.kind == LM_IMMEDIATE)
		access_memory(f, in, &in->to,
			      (struct lm_op){.kind = LM_STORE, .val = in->from.val});
	else if (in->to.kind == LM_MEMORY)
		access_memory(f, in, &in->to,
			      (struct lm_op){.kind = LM_STORE_REG, .reg = in->from.reg});
	else if (in->from.kind == LM_MEMORY)
		load(f, in, &in->from, in->to.reg);
	else
		emit(f, in, with(&in->from, op));
}

/* The destination, if it is in memory, by way of TMP. */
static void read_modify_write(struct lm_file *f, const struct lm_insn *in, bool writes)
{
	struct lm_op op = {.kind = LM_ALU, .alu = in->alu, .reg = in->to.reg};

	if (in->nr == 2 && in->from.kind == LM_MEMORY)
		load(f, in, &in->from, TMP);
	if (in->to.kind == LM_MEMORY) {
		load(f, in, &in->to, TMP);
		op.reg = TMP;
	}
	emit(f, in, in->nr == 2 ? with(&in->from, op) : op);
	if (in->to.kind == LM_MEMORY && writes)
		access_memory(f, in, &in->to, (struct lm_op){.kind = LM_STORE_REG, .reg = TMP});
}

static void locked(struct lm_file *f, const struct lm_insn *in)
{
	struct lm_op op = {.kind = LM_RMW, .alu = in->alu};

	access_memory(f, in, &in->to, in->nr == 2 ? with(&in->from, op) : op);
}

/* XADD [x],EAX without LOCK: exchange TMP and EAX, then TMP is the sum. */
static void unlocked_xadd(struct lm_file *f, const struct lm_insn *in)
{
	struct lm_op swap = {.kind = LM_ALU, .alu = LM_SWAP, .reg = TMP};
	struct lm_op sum = {.kind = LM_ALU, .alu = LM_PLUS, .reg = TMP};

	load(f, in, &in->to, TMP);
	emit(f, in, with(&in->from, swap));
	emit(f, in, with(&in->from, sum));
	access_memory(f, in, &in->to, (struct lm_op){.kind = LM_STORE_REG, .reg = TMP});
}

static void exchange(struct lm_file *f, const struct lm_insn *in)
{
	need(f, in, 2);
	if (in->from.kind != LM_REGISTER)
		lm_unsupported(f, in, "a register is expected");
	if (in->to.kind == LM_MEMORY && (in->locked || in->form == LM_F_XCHG))
		locked(f, in); /* XCHG is locked with and without the prefix */
	else if (in->form == LM_F_XCHG)
		read_modify_write(f, in, true);
	else if (in->to.kind != LM_MEMORY)
		lm_unsupported(f, in, "only with an operand in memory");
	else if (in->form == LM_F_CMPXCHG)
		lm_unsupported(f, in, "only with LOCK: CPUs may write back what was there, or not");
	else
		unlocked_xadd(f, in);
}

static void set(struct lm_file *f, const struct lm_insn *in)
{
	need(f, in, 1);
	emit(f, in,
	     (struct lm_op){.kind = LM_ALU,
			    .alu = LM_SET,
			    .reg = in->to.kind == LM_MEMORY ? TMP : in->to.reg});
	if (in->to.kind == LM_MEMORY)
		access_memory(f, in, &in->to, (struct lm_op){.kind = LM_STORE_REG, .reg = TMP});
}

static void jump(struct lm_file *f, const struct lm_insn *in)
{
	struct lm_label *to = &f->jump[f->nr_jumps];

	if (f->nr_jumps == LM_LABELS)
		lm_error(f, in->where, "more than %d jumps", LM_LABELS);
	f->nr_jumps++;
	*to = (struct lm_label){
		.thread = in->thread,
		.at = f->prog.thread[in->thread].nr,
		.where = in->where,
	};
	strcpy(to->name, in->target);
	emit(f, in, (struct lm_op){.kind = LM_JUMP});
}

static void check_lock(const struct lm_file *f, const struct lm_insn *in)
{
	bool can = in->form == LM_F_TWO || in->form == LM_F_ONE || in->form == LM_F_XCHG ||
		   in->form == LM_F_XADD || in->form == LM_F_CMPXCHG;

	if (in->locked && (!can || !in->nr || in->to.kind != LM_MEMORY))
		lm_unsupported(f, in, "LOCK is for instructions that change a variable");
}

void lm_lower(struct lm_file *f, const struct lm_insn *in)
{
	check_lock(f, in);
	switch (in->form) {
	case LM_F_MOVE:
		move(f, in);
		break;
	case LM_F_TWO:
	case LM_F_ONE:
		need(f, in, in->form == LM_F_TWO ? 2 : 1);
		if (in->locked)
			locked(f, in);
		else
			read_modify_write(f, in, true);
		break;
	case LM_F_COMPARE:
		/* AT&T's cmp has its second operand in memory, Intel's test either. */
		if (in->nr != 2 || (in->to.kind == LM_MEMORY && in->from.kind == LM_MEMORY))
			lm_unsupported(f, in, "two operands are expected, one in memory at most");
		if (in->to.kind == LM_IMMEDIATE)
			lm_unsupported(f, in, "an immediate is compared with");
		read_modify_write(f, in, false);
		break;
	case LM_F_SHIFT:
		need(f, in, 2);
		if (in->from.kind != LM_IMMEDIATE)
			lm_unsupported(f, in, "a shift by an immediate is expected");
		read_modify_write(f, in, true);
		break;
	case LM_F_XCHG:
	case LM_F_XADD:
	case LM_F_CMPXCHG:
		exchange(f, in);
		break;
	case LM_F_CMOV:
		need(f, in, 2);
		if (in->to.kind != LM_REGISTER || in->from.kind == LM_IMMEDIATE)
			lm_unsupported(f, in, "a register as the destination is expected");
		read_modify_write(f, in, true);
		break;
	case LM_F_SET:
		set(f, in);
		break;
	case LM_F_JUMP:
		jump(f, in);
		break;
	case LM_F_MFENCE:
	case LM_F_NONE:
		need(f, in, 0);
		emit(f, in,
		     (struct lm_op){.kind = in->form == LM_F_NONE ? LM_ALU : LM_MFENCE,
				    .alu = LM_NOP});
		break;
	}
}
