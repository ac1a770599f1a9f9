/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_LITMUS_X86_H
#define EXPLORE_LITMUS_X86_H

#include "litmus.h"

/*
 * Additions of x86 to the machine of litmus.h: registers with parts, flags, operations that do
 * not touch memory and so are no steps, and loops.
 */
enum lm_alu {
	LM_MOV, /* the operand */
	LM_PLUS,
	LM_MINUS,
	LM_AND,
	LM_OR,
	LM_XOR,
	LM_CMP, /* flags only, like LM_TEST */
	LM_TEST,
	LM_INC,
	LM_DEC,
	LM_NEG,
	LM_NOT,
	LM_SHL,
	LM_SHR,
	LM_SWAP, /* XCHG */
	LM_XADD,
	LM_CMPXCHG,
	LM_CMOV, /* the operand if the condition holds */
	LM_SET, /* 1 if the condition holds, else 0 */
	LM_NOP, /* also fences that TSO has anyway */
	/* Only in struct lm_insn: */
	LM_BRANCH,
	LM_FENCE,
};

/* Intel SDM volume 1, appendix B; the lowest bit negates. */
enum lm_cond {
	LM_O,
	LM_NO,
	LM_C,
	LM_NC,
	LM_Z,
	LM_NZ,
	LM_BE,
	LM_A,
	LM_S,
	LM_NS,
	LM_L = 12,
	LM_GE,
	LM_LE,
	LM_G,
	LM_ALWAYS, /* JMP */
};

enum { LM_CF = 1, LM_ZF = 2, LM_SF = 4, LM_OF = 8 }; /* lm_cpu.flags */

/*
 * Pointers: the address of variable number v is LM_ADDRESS + v * LM_APART. It fits into 32
 * bits, signed.
 */
#define LM_ADDRESS 0x7e570000ULL
#define LM_APART   64

/* litmus_alu.c */
u64 lm_mask(unsigned size);
u64 lm_read_reg(const struct lm_cpu *c, unsigned reg, unsigned size);
void lm_write_reg(struct lm_cpu *c, unsigned reg, unsigned size, u64 val);
/* A locked @op on a variable that is @old. Return: true if it writes @val */
bool lm_locked(struct lm_cpu *c, const struct lm_op *op, u64 old, u64 *val);
/* Run the private operations that come next, up to the next operation that is a step. */
void lm_settle(struct lm_world *w, unsigned t);
/* The variable whose address is in op->base. Exits with status 2 if there is none. */
unsigned lm_pointed(const struct lm_world *w, unsigned t, const struct lm_op *op);

/* litmus_turn.c */
void lm_turn_back(struct lm_cpu *c); /* a jump backwards, to c->pc */
void lm_turn_reads(struct lm_world *w, unsigned t, unsigned var, u64 val);
void lm_turn_writes(struct lm_cpu *c);
void lm_turn_begins(struct lm_cpu *c);
bool lm_turn_can(const struct lm_state *s, unsigned t);

#endif
