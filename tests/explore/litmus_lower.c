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

static void load(struct lm_file *f, const struct lm_insn *in, const struct lm_operand *o, u8 reg)
{
	access_memory(f, in, o, (struct lm_op){.kind = LM_LOAD, .reg = reg});
}

static void move(struct lm_file *f, const struct lm_insn *in)
{
	struct lm_op op = {.kind = LM_ALU, .alu = LM_MOV, .reg = in->to.reg};

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

static void locked(struct lm_file *f, const struct lm_insn *in)
{
	struct lm_op op = {.kind = LM_RMW, .alu = in->alu};

	access_memory(f, in, &in->to, in->nr == 2 ? with(&in->from, op) : op);
}

static void store_tmp(struct lm_file *f, const struct lm_insn *in)
{
	access_memory(f, in, &in->to, (struct lm_op){.kind = LM_STORE_REG, .reg = TMP});
}

/* The destination, if it is in memory, by way of TMP. */
static void read_modify_write(struct lm_file *f, const struct lm_insn *in)
{
	struct lm_op op = {.kind = LM_ALU, .alu = in->alu, .reg = in->to.reg};

	if (in->nr == 2 && in->from.kind == LM_MEMORY)
		load(f, in, &in->from, TMP);
	if (in->to.kind == LM_MEMORY) {
		load(f, in, &in->to, TMP);
		op.reg = TMP;
	}
	emit(f, in, in->nr == 2 ? with(&in->from, op) : op);
	if (in->to.kind == LM_MEMORY && in->alu != LM_CMP && in->alu != LM_TEST)
		store_tmp(f, in);
}

/* In memory it is locked, with and without the prefix. */
static void exchange(struct lm_file *f, const struct lm_insn *in)
{
	if (in->to.kind == LM_MEMORY)
		locked(f, in);
	else
		read_modify_write(f, in);
}

/* XADD [x],EAX without LOCK: exchange TMP and EAX, then TMP is the sum. */
static void exchange_and_add(struct lm_file *f, const struct lm_insn *in)
{
	struct lm_op swap = {.kind = LM_ALU, .alu = LM_SWAP, .reg = TMP};
	struct lm_op sum = {.kind = LM_ALU, .alu = LM_PLUS, .reg = TMP};

	load(f, in, &in->to, TMP);
	emit(f, in, with(&in->from, swap));
	emit(f, in, with(&in->from, sum));
	store_tmp(f, in);
}

static void compare_and_exchange(struct lm_file *f, const struct lm_insn *in)
{
	lm_unsupported(f, in, "only with LOCK: CPUs may write back what was there, or not");
}

static void set(struct lm_file *f, const struct lm_insn *in)
{
	bool memory = in->to.kind == LM_MEMORY;

	emit(f, in,
	     (struct lm_op){.kind = LM_ALU, .alu = LM_SET, .reg = memory ? TMP : in->to.reg});
	if (memory)
		store_tmp(f, in);
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

static void no_access(struct lm_file *f, const struct lm_insn *in)
{
	emit(f, in,
	     (struct lm_op){.kind = in->alu == LM_FENCE ? LM_MFENCE : LM_ALU, .alu = LM_NOP});
}

#define IMM (1 << LM_IMMEDIATE)
#define REG (1 << LM_REGISTER)
#define MEM (1 << LM_MEMORY)

/*
 * @nr:		operands
 * @to, @from:	of which kinds they may be; not both are in memory
 * @lock:	a destination in memory may be changed with LOCK
 */
static const struct form {
	u8 nr, to, from;
	bool lock;
	void (*lower)(struct lm_file *f, const struct lm_insn *in);
} forms[] = {
	[LM_MOV] = {2, REG | MEM, IMM | REG | MEM, false, move},
	[LM_PLUS... LM_XOR] = {2, REG | MEM, IMM | REG | MEM, true, read_modify_write},
	[LM_CMP... LM_TEST] = {2, REG | MEM, IMM | REG | MEM, false, read_modify_write},
	[LM_INC... LM_NOT] = {1, REG | MEM, 0, true, read_modify_write},
	[LM_SHL... LM_SHR] = {2, REG | MEM, IMM, false, read_modify_write},
	[LM_SWAP] = {2, REG | MEM, REG, true, exchange},
	[LM_XADD] = {2, MEM, REG, true, exchange_and_add},
	[LM_CMPXCHG] = {2, MEM, REG, true, compare_and_exchange},
	[LM_CMOV] = {2, REG, REG | MEM, false, read_modify_write},
	[LM_SET] = {1, REG | MEM, 0, false, set},
	[LM_BRANCH] = {0, 0, 0, false, jump},
	[LM_FENCE] = {0, 0, 0, false, no_access},
	[LM_NOP] = {0, 0, 0, false, no_access},
};

void lm_lower(struct lm_file *f, const struct lm_insn *in)
{
	const struct form *form = &forms[in->alu];

	if (in->locked && (!form->lock || !in->nr || in->to.kind != LM_MEMORY))
		lm_unsupported(f, in, "LOCK is for instructions that change a variable");
	if (in->nr != form->nr)
		lm_unsupported(f, in, "another number of operands is expected");
	if (in->nr && in->to.kind == LM_IMMEDIATE)
		lm_unsupported(f, in, "an immediate as the destination");
	if (in->nr && !(form->to >> in->to.kind & 1))
		lm_unsupported(f, in, "a destination that is not supported");
	if (in->nr > 1 && in->to.kind == LM_MEMORY && in->from.kind == LM_MEMORY)
		lm_unsupported(f, in, "two operands in memory");
	if (in->nr > 1 && !(form->from >> in->from.kind & 1))
		lm_unsupported(f, in, "a source that is not supported");
	if (in->locked)
		locked(f, in);
	else
		form->lower(f, in);
}
