// SPDX-License-Identifier: GPL-2.0
/*
 * Random programs: two or three threads of two to five operations, two or three variables,
 * locks (not always taken in one order, not always released), interrupts, spin loops. A
 * program is a function of its number.
 */
#include <string.h>
#include "engine.h"
#include "litmus.h"

static unsigned pick(u64 *rnd, unsigned n)
{
	u64 z = *rnd += 0x9e3779b97f4a7c15ULL; /* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (z ^ z >> 31) % n;
}

struct mix {
	unsigned vars, threads;
	bool locks, irqs, awaits;
	u32 awaited;
};

static struct lm_op random_op(u64 *rnd, struct mix *m, bool handler)
{
	struct lm_op op = {.var = 2 + pick(rnd, m->vars), .val = 1 + pick(rnd, 2)};
	unsigned r = pick(rnd, 100);

	op.reg = pick(rnd, strlen(lm_regs));
	if (r < 30) {
		op.kind = LM_LOAD;
	} else if (r < 60) {
		op.kind = LM_STORE;
	} else if (r < 66) {
		op.kind = LM_STORE_REG;
	} else if (r < 73) {
		op.kind = pick(rnd, 2) ? LM_XCHG : LM_ADD;
	} else if (r < 78) {
		op.kind = LM_MFENCE;
	} else if (r < 88) {
		op.kind = m->locks ? pick(rnd, 5) < 3 ? LM_LOCK : LM_UNLOCK : LM_LOAD;
		op.var = m->locks ? pick(rnd, 2) : op.var;
	} else if (r < 92) {
		op.kind = m->awaits ? pick(rnd, 3) ? LM_AWAIT : LM_AWAIT_BOTH : LM_STORE;
		if (op.kind != LM_STORE)
			op.val = pick(rnd, 3);
		if (op.kind == LM_AWAIT_BOTH)
			op.reg = 2 + pick(rnd, m->vars);
		if (op.kind == LM_AWAIT && m->locks && pick(rnd, 2))
			op.var = pick(rnd, 2);
	} else if (r < 97) {
		op.kind = m->irqs && !handler ? pick(rnd, 2) ? LM_IPI : LM_WEAK_IPI : LM_STORE;
		op.val = op.kind == LM_STORE ? 1 : pick(rnd, m->threads);
	} else {
		op.kind = m->irqs && !handler ? pick(rnd, 2) ? LM_CLI : LM_STI : LM_LOAD;
	}
	if (op.kind == LM_AWAIT || op.kind == LM_AWAIT_BOTH)
		m->awaited |= 1u << op.var | (op.kind == LM_AWAIT_BOTH ? 1u << op.reg : 0);
	/* Equal programs must be equal bytes, and print as such. */
	if (op.kind == LM_MFENCE || op.kind >= LM_IPI)
		op.var = op.reg = 0;
	return op;
}

void lm_random(u64 n, bool tso, unsigned max_ops, struct lm_program *prog)
{
	u64 rnd = n * 0x2545f4914f6cdd1dULL;
	struct mix m = {.vars = 2 + pick(&rnd, 2), .threads = 2 + pick(&rnd, 2)};
	unsigned left = max_ops;

	m.locks = pick(&rnd, 2);
	m.irqs = !pick(&rnd, 3);
	m.awaits = !pick(&rnd, 3);
	memset(prog, 0, sizeof(*prog));
	prog->name = "litmus";
	prog->tso = tso;
	prog->nr_threads = m.threads;
	prog->interrupts = m.irqs;
	prog->handlers_apart = m.irqs && pick(&rnd, 2);
	for (unsigned t = 0; t < m.threads; t++) {
		unsigned ops = 2 + pick(&rnd, 4);

		for (; ops && left; ops--, left--) {
			struct lm_code *c = &prog->thread[t];

			c->op[c->nr++] = random_op(&rnd, &m, false);
		}
		for (ops = m.irqs ? pick(&rnd, 3) : 0; ops && left; ops--, left--) {
			struct lm_code *c = &prog->handler[t];

			c->op[c->nr++] = random_op(&rnd, &m, true);
		}
	}
	prog->awaited = m.awaited;
}
