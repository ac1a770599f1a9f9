/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_LITMUS_H
#define EXPLORE_LITMUS_H

#include <explore/explore.h>
#include <explore/set.h>

/*
 * Small programs for the engine to be tested with, on a machine that is sequentially
 * consistent or has x86-TSO's store buffers (Owens, Sarkar, Sewell: A better x86 memory model:
 * x86-TSO, TPHOLs 2009).
 */
typedef uint8_t u8;

#define LM_THREADS 4
#define LM_OPS	   32 /* of one thread or handler */
#define LM_VARS	   6
#define LM_REGS	   8
#define LM_SLOTS   32 /* checkpoints: no program has executions that long */
#define LM_STORES  32 /* that one thread can have executed */

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
};

struct lm_op {
	u8 kind, reg, var, val;
};

struct lm_code {
	unsigned nr;
	struct lm_op op[LM_OPS];
};

struct lm_program {
	unsigned nr_threads;
	bool tso;
	bool interrupts;
	bool handlers_apart; /* handlers are processes, not other code of the thread's */
	struct lm_code thread[LM_THREADS], handler[LM_THREADS];
};

/* Padding and unused members are 0: states are compared as bytes. */
struct lm_state {
	u8 pc[LM_THREADS], handler_pc[LM_THREADS], in_handler[LM_THREADS];
	u8 irqs_off[LM_THREADS], pending[LM_THREADS];
	u8 mem[LM_VARS], reg[LM_THREADS][LM_REGS]; /* registers are private */
	u8 stored[LM_THREADS], drained[LM_THREADS]; /* stores executed, stores in memory */
	struct {
		u8 var, val;
	} buf[LM_THREADS][LM_STORES]; /* 0 once drained */
} __attribute__((aligned(8)));

struct lm_world {
	struct xp_world world;
	const struct lm_program *prog;
	struct lm_state s;
	struct lm_state saved[LM_SLOTS];
	bool plant_save; /* a bug: checkpoints without memory */
	bool loses; /* every other checkpoint */
	const char *(*judge)(const struct lm_world *w, bool end); /* optional verdict */
};

/* litmus_world.c: lm_init() makes @w a world of @prog */
void lm_init(struct lm_world *w, const struct lm_program *prog);

/* litmus_checkpoint.c: members of struct xp_world */
u64 lm_fingerprint(void *v);
void lm_save(void *v, unsigned slot);
bool lm_restore(void *v, unsigned slot);

/*
 * litmus_parse.c: threads are separated by |, the handler of a thread follows a colon.
 * x=1 a=x x=a a=x~1 (xchg) a=x+1 (xadd) mf l! (lock) l. (unlock) x?1 (spin until x is 1)
 * xy?1 (until both are; waits for earlier stores) i1 (IPI to thread 1) w1 (the weak one) cli sti. Variables are l m x y z w, registers a to h.
 * Dies on anything else.
 */
extern const char lm_vars[];
void lm_parse(const char *text, struct lm_program *prog);
void lm_print_op(const struct lm_op *op, char *buf, size_t size);
void lm_print(const struct lm_program *prog, char *buf, size_t size);

/* litmus_random.c: program number @n of all random ones, of at most so many operations */
void lm_random(u64 n, bool tso, unsigned max_ops, struct lm_program *prog);

/*
 * litmus_exact.c: every reachable state, visited once, without the engine. Adds the hashes of
 * the final states to @finals. Return: interleavings, saturating; 0: more than @max states.
 */
u64 lm_hash(const struct lm_state *s);
u64 lm_exact(const struct lm_program *prog, struct xp_set *finals, size_t max);

/* litmus_main.c: TAP */
bool lm_ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void lm_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The outcomes of a program: digits of the registers and variables in @show, in that order. */
u64 lm_outcome(const struct lm_world *w, const char *show);
void lm_outcomes(const struct lm_program *prog, const char *show, enum xp_reduce reduce,
		 bool enough, char *buf, size_t size);

extern const char lm_wide[]; /* three threads */
extern const char lm_big[]; /* two threads, executions of 60 steps, with TSO */

/* Groups of tests, one a file. */
void lm_test_classic(void);
void lm_test_random(unsigned programs);
void lm_test_plants(unsigned programs);
void lm_test_contract(void);
void lm_test_search(void);
void lm_test_checkpoints(void);
void lm_test_replay(void);
void lm_test_speed(void);

#endif
