// SPDX-License-Identifier: GPL-2.0
/* Registers, flags, and operations without memory. Intel SDM volume 2, the instructions. */
#include "engine.h"
#include "litmus_x86.h"

#define RAX	   0
#define SETTLE_MAX 100000 /* private operations between two that access memory */

u64 lm_mask(unsigned size)
{
	return size && size < 8 ? (1ULL << size * 8) - 1 : ~0ULL;
}

u64 lm_read_reg(const struct lm_cpu *c, unsigned reg, unsigned size)
{
	return c->reg[reg] & lm_mask(size);
}

/* 32 bits clear the upper half, 8 and 16 leave the rest: Intel SDM volume 1, 3.4.1.1. */
void lm_write_reg(struct lm_cpu *c, unsigned reg, unsigned size, u64 val)
{
	u64 keep = size == 1 || size == 2 ? c->reg[reg] & ~lm_mask(size) : 0;

	c->reg[reg] = keep | (val & lm_mask(size));
}

static bool holds(unsigned cond, u8 flags)
{
	bool z = flags & LM_ZF, less = !(flags & LM_SF) != !(flags & LM_OF);
	bool yes[] = {
		[LM_O / 2] = flags & LM_OF,	  [LM_C / 2] = flags & LM_CF, [LM_Z / 2] = z,
		[LM_BE / 2] = flags & LM_CF || z, [LM_S / 2] = flags & LM_SF, [LM_L / 2] = less,
		[LM_LE / 2] = less || z,	  [LM_ALWAYS / 2] = true,
	};

	return yes[cond / 2] != cond % 2;
}

struct sum {
	u64 val;
	bool carry, overflow;
};

/* a + b, or a - b: carry is the borrow then. */
static struct sum add(u64 a, u64 b, bool minus, unsigned size)
{
	u64 mask = lm_mask(size), top = mask ^ mask >> 1, val = (minus ? a - b : a + b) & mask;

	return (struct sum){
		.val = val,
		.carry = minus ? a < b : val < a,
		.overflow = (minus ? (a ^ b) & (a ^ val) : ~(a ^ b) & (a ^ val)) & top,
	};
}

static struct sum shift(u64 a, u64 n, bool left, unsigned size)
{
	unsigned bits = size * 8;
	u64 mask = lm_mask(size), top = mask ^ mask >> 1, before;
	struct sum r = {.val = a};

	n &= size == 8 ? 63 : 31;
	if (!n)
		return r;
	before = n > bits ? 0 : left ? a << (n - 1) & mask : a >> (n - 1);
	r.val = left ? before << 1 & mask : before >> 1;
	r.carry = before & (left ? top : 1);
	if (n == 1)
		r.overflow = left ? !(r.val & top) == r.carry : a & top;
	return r;
}

static void set_flags(u8 *flags, struct sum r, unsigned size, bool carry_too)
{
	u64 mask = lm_mask(size), top = mask ^ mask >> 1;

	*flags = (carry_too ? r.carry * LM_CF : *flags & LM_CF) | !r.val * LM_ZF |
		 !!(r.val & top) * LM_SF | r.overflow * LM_OF;
}

/* @a and @b: operands, of @op->size bytes. Return: the result; of comparisons @a */
static u64 compute(const struct lm_op *op, u64 a, u64 b, u8 *flags)
{
	unsigned size = op->size;
	struct sum r = {.val = a};

	switch (op->alu) {
	case LM_MOV:
	case LM_SWAP:
		return b;
	case LM_NOP:
		return a;
	case LM_NOT:
		return ~a & lm_mask(size);
	case LM_CMOV:
		return holds(op->cond, *flags) ? b : a;
	case LM_SET:
		return holds(op->cond, *flags);
	case LM_PLUS:
	case LM_XADD:
		r = add(a, b, false, size);
		break;
	case LM_MINUS:
	case LM_CMP:
	case LM_CMPXCHG:
		r = add(a, b, true, size);
		break;
	case LM_AND:
	case LM_TEST:
		r.val = a & b;
		break;
	case LM_OR:
		r.val = a | b;
		break;
	case LM_XOR:
		r.val = a ^ b;
		break;
	case LM_INC:
	case LM_DEC:
		r = add(a, 1, op->alu == LM_DEC, size);
		break;
	case LM_NEG:
		r = add(0, a, true, size);
		break;
	case LM_SHL:
	case LM_SHR:
		r = shift(a, b, op->alu == LM_SHL, size);
		if (!(b & (size == 8 ? 63 : 31)))
			return a;
		break;
	}
	set_flags(flags, r, size, op->alu != LM_INC && op->alu != LM_DEC);
	return op->alu == LM_CMP || op->alu == LM_TEST ? a : r.val;
}

static u64 operand(const struct lm_cpu *c, const struct lm_op *op)
{
	return op->src ? lm_read_reg(c, op->src - 1, op->size) : op->val & lm_mask(op->size);
}

static bool compare_exchange(struct lm_cpu *c, const struct lm_op *op, u64 old, u64 *val)
{
	u64 expected = lm_read_reg(c, RAX, op->size);

	compute(op, expected, old, &c->flags);
	*val = expected == old ? operand(c, op) : old;
	if (expected != old)
		lm_write_reg(c, RAX, op->size, old);
	return expected == old;
}

bool lm_locked(struct lm_cpu *c, const struct lm_op *op, u64 old, u64 *val)
{
	if (op->alu == LM_CMPXCHG)
		return compare_exchange(c, op, old, val);
	*val = compute(op, old, operand(c, op), &c->flags);
	if (op->alu == LM_SWAP || op->alu == LM_XADD)
		lm_write_reg(c, op->src - 1, op->size, old);
	return true;
}

static void private(struct lm_cpu *c, const struct lm_op *op)
{
	u64 old = lm_read_reg(c, op->reg, op->size), val;

	val = compute(op, old, operand(c, op), &c->flags);
	if (op->alu == LM_SWAP)
		lm_write_reg(c, op->src - 1, op->size, old);
	if (op->alu != LM_CMP && op->alu != LM_TEST && op->alu != LM_NOP)
		lm_write_reg(c, op->reg, op->size, val);
}

static void jump(struct lm_cpu *c, const struct lm_op *op)
{
	bool back = op->val < c->pc; /* c->pc is already that of the next operation */

	if (!holds(op->cond, c->flags))
		return;
	c->pc = op->val;
	if (back)
		lm_turn_back(c);
}

void lm_settle(struct lm_world *w, unsigned t)
{
	struct lm_cpu *c = &w->s.cpu[t];
	unsigned n = 0;

	for (;;) {
		const struct lm_op *op = lm_op_of(w, t);

		if (!op || (op->kind != LM_ALU && op->kind != LM_JUMP))
			return;
		if (c->turn.spins && !c->turn.nr)
			return; /* the turn has read no variable: the loop has no end */
		if (++n > SETTLE_MAX)
			xp_die("%s: P%u: more than %d instructions without an access to memory",
			       w->prog->name, t, SETTLE_MAX);
		c->pc++;
		if (op->kind == LM_JUMP)
			jump(c, op);
		else
		private(c, op);
	}
}

unsigned lm_pointed(const struct lm_world *w, unsigned t, const struct lm_op *op)
{
	u64 at = w->s.cpu[t].reg[op->base - 1] - LM_ADDRESS, var = at / LM_APART;

	if (at % LM_APART || var >= LM_VARS ||
	    (w->prog->size[var] && w->prog->size[var] != op->size))
		xp_die("%s: P%u: no variable of %u bytes is at address %#llx: %s", w->prog->name, t,
		       op->size, (unsigned long long)(at + LM_ADDRESS), op->text);
	return var;
}
