/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_LITMUS_H
#define EXPLORE_LITMUS_H

#include <explore/explore.h>

/*
 * Small programs that test the engine, on a machine that is sequentially consistent or has
 * x86-TSO's store buffers (Owens, Sarkar, Sewell: A better x86 memory model: x86-TSO, TPHOLs
 * 2009). A program that exceeds one of these limits is refused with one line.
 */
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;

#define LM_THREADS 6
#define LM_OPS	   96 /* of one thread or handler */
#define LM_VARS	   16
#define LM_REGS	   17 /* x86 has 16; the last is for instructions of several operations */
#define LM_SLOTS   64 /* checkpoints; later ones are lost, which costs time only */
#define LM_BUFFER  32 /* stores in one store buffer */
#define LM_SPIN	   8 /* variables that one turn of a loop reads */

enum lm_kind {
	LM_LOAD, /* reg = var */
	LM_STORE, /* var = val */
	LM_STORE_REG, /* var = reg */
	LM_XCHG, /* reg = var, var = val, atomically */
	LM_ADD, /* reg = var, var += val, atomically */
	LM_MFENCE,
	LM_LOCK, /* wait for var == 0, set it, atomically */
	LM_UNLOCK, /* var = 0, a plain store */
	LM_AWAIT, /* spin until var == val */
	LM_AWAIT_BOTH, /* until var == val and variable number reg == val */
	LM_IPI, /* interrupt thread val; waits for earlier stores (xAPIC) */
	LM_WEAK_IPI, /* does not (x2APIC: WRMSR to the ICR is not serialising) */
	LM_CLI,
	LM_STI,
	LM_IRET, /* end of a handler */
	/* Of .litmus files: */
	LM_RMW, /* a locked instruction: var = alu(var, operand), flags */
	LM_ALU, /* reg = alu(reg, operand), flags: private, no step of its own */
	LM_JUMP, /* to operation val if the condition holds: private too */
};

/*
 * @src:	the operand is register @src - 1, 0: @val
 * @base:	the variable is the one whose address is in register @base - 1, 0: @var
 * @size:	bytes of the operands, 1, 2, 4, 8, 0: 8
 * @alu, @cond:	enum lm_alu, enum lm_cond
 * @text:	as the file has it, NULL: see lm_print_op()
 */
struct lm_op {
	u8 kind, reg, var, src, base, size, alu, cond;
	u64 val;
	const char *text;
};

struct lm_code {
	unsigned nr;
	struct lm_op op[LM_OPS];
};

struct lm_program {
	const char *name; /* for messages */
	unsigned nr_threads;
	bool tso;
	bool interrupts;
	bool handlers_apart; /* handlers are processes of their own; else code of the thread */
	u32 awaited; /* mask of the variables that LM_AWAIT and LM_AWAIT_BOTH read */
	struct lm_code thread[LM_THREADS], handler[LM_THREADS];
	u64 mem[LM_VARS], reg[LM_THREADS][LM_REGS]; /* at the start */
	u8 size[LM_VARS]; /* what pointers may access, in bytes, 0: anything */
};

/*
 * The turn of a loop that a thread is in: the values that it has read since it was in the state
 * @where (operation, registers, flags; a hash), if it has written nothing since. See
 * litmus_turn.c.
 */
struct lm_turn {
	u64 where, val[LM_SPIN];
	u16 passed, again;
	u8 var[LM_SPIN], nr, valid, unstable, spins;
};

/* Store number k of the thread is in val[k % LM_BUFFER] and var[k % LM_BUFFER]. */
struct lm_cpu {
	u64 reg[LM_REGS]; /* private */
	u64 val[LM_BUFFER]; /* 0 once drained */
	u8 var[LM_BUFFER];
	u16 pc, stored, drained; /* stores executed, stores in memory */
	u8 handler_pc, in_handler, irqs_off, pending, flags;
	struct lm_turn turn;
};

/*
 * Padding and unused members are 0: states are compared as bytes, as many as the program has
 * threads for.
 */
struct lm_state {
	u64 mem[LM_VARS];
	struct lm_cpu cpu[LM_THREADS];
};

/*
 * The reads-from relation, and the order of the writes of each variable: they distinguish
 * candidate executions (Herding Cats). A write is its thread and its number there.
 */
struct lm_relations {
	u64 reads[LM_THREADS], order[LM_VARS]; /* hashes */
	u32 writer[LM_VARS], buffered[LM_THREADS][LM_BUFFER];
	u16 writes[LM_THREADS];
};

struct lm_world {
	struct xp_world world;
	const struct lm_program *prog;
	size_t bytes; /* of a state of this program */
	struct lm_state s;
	bool relations; /* keep @rel */
	struct lm_relations rel;
	struct lm_state saved[LM_SLOTS];
	struct lm_relations saved_rel[LM_SLOTS];
	bool plant_save; /* a bug: checkpoints without memory */
	bool loses; /* every other checkpoint */
	const char *(*judge)(const struct lm_world *w, bool end); /* optional verdict */
};

/* litmus_world.c: lm_init() makes @w a world of @prog */
void lm_init(struct lm_world *w, const struct lm_program *prog);
u64 lm_fingerprint(void *v);
const struct lm_op *lm_thread_op(const struct lm_world *w, unsigned t);
const struct lm_op *lm_op_of(const struct lm_world *w, unsigned t); /* or its handler's */

/* litmus_op.c: one operation of thread @t, or of its handler */
enum { LM_OBJ_MEM, LM_OBJ_SLOT, LM_OBJ_DRAINED, LM_OBJ_CTX, LM_OBJ_PENDING, LM_OBJ_LOOP };
#define LM_OBJ(what, t, k) (((uintptr_t)(what) << 32) | (uintptr_t)(t) << 16 | (k))
u64 lm_visible(const struct lm_state *s, unsigned t, unsigned var);
bool lm_op_can(const struct lm_world *w, unsigned t);
void lm_op_next(const struct lm_world *w, unsigned t, const struct lm_op *op, struct xp_step *a);
void lm_op_run(struct lm_world *w, unsigned t);
void lm_drain(struct lm_world *w, unsigned t);
void lm_await_drained(const struct lm_state *s, unsigned t, struct xp_step *a);
unsigned lm_wakes(const struct lm_world *w, unsigned var, u64 val); /* XP_WAKE or 0 */

/*
 * litmus_parse.c: threads are separated by |, the handler of a thread follows a colon.
 * x=1 a=x x=a a=x~1 (xchg) a=x+1 (xadd) mf l! (lock) l. (unlock) x?1 (spin until x is 1)
 * xy?1 (until both are; waits for earlier stores) i1 (IPI to thread 1) w1 (the weak one) cli sti.
 * Variables are l m x y z w, registers a to h. Dies on anything else.
 */
extern const char lm_vars[], lm_regs[];
void lm_parse(const char *text, struct lm_program *prog);
void lm_print_op(const struct lm_op *op, char *buf, size_t size);
const char *lm_text(const struct lm_program *prog); /* until the next call */

/* litmus_random.c: program number @n of all random ones, of at most so many operations */
void lm_random(u64 n, bool tso, unsigned max_ops, struct lm_program *prog);

u64 lm_hash(const void *bytes, size_t size); /* litmus_exact.c */

#endif
