/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_LITMUS_LOWER_H
#define EXPLORE_LITMUS_LOWER_H

#include "litmus_file.h"
#include "litmus_x86.h"

enum lm_operand_kind { LM_IMMEDIATE, LM_REGISTER, LM_MEMORY };

struct lm_operand {
	enum lm_operand_kind kind;
	u8 reg, size; /* of a register */
	u8 var, base; /* of memory, as in struct lm_op */
	u64 val;
};

/* One instruction as the text has it. It is translated into operations of the machine. */
struct lm_insn {
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
