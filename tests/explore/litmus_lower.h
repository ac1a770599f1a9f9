/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_LITMUS_LOWER_H
#define EXPLORE_LITMUS_LOWER_H

#include "litmus_file.h"
#include "litmus_x86.h"

/* One instruction as the text has it. It is translated into operations of the machine. */
enum lm_form {
	LM_F_MOVE,
	LM_F_TWO, /* ADD: the destination is read and written */
	LM_F_COMPARE, /* CMP: it is read */
	LM_F_ONE, /* INC */
	LM_F_SHIFT,
	LM_F_XCHG,
	LM_F_XADD,
	LM_F_CMPXCHG,
	LM_F_CMOV,
	LM_F_SET,
	LM_F_JUMP,
	LM_F_MFENCE,
	LM_F_NONE, /* NOP, and fences that TSO has anyway */
};

enum lm_operand_kind { LM_IMMEDIATE, LM_REGISTER, LM_MEMORY };

struct lm_operand {
	enum lm_operand_kind kind;
	u8 reg, size; /* of a register */
	u8 var, base; /* of memory, as in struct lm_op */
	u64 val;
};

struct lm_insn {
	enum lm_form form;
	enum lm_alu alu;
	enum lm_cond cond;
	u8 size; /* of the operands; 0: that of other accesses to the variable */
	bool locked;
	unsigned thread, nr; /* operands */
	struct lm_operand to, from; /* destination and source, whatever the order in the text */
	char target[LM_NAME]; /* of a jump */
	const char *where, *text;
};

/* litmus_lower.c. Dies with the line if the machine cannot do it. */
void lm_lower(struct lm_file *f, const struct lm_insn *in);
void lm_unsupported(const struct lm_file *f, const struct lm_insn *in, const char *why)
	__attribute__((noreturn));

#endif
