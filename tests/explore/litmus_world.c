// SPDX-License-Identifier: GPL-2.0
/*
 * The machine that litmus programs run on. Processes: thread t is t; its store buffer, with
 * TSO, drains as nr_threads + t; with interrupts a last group delivers them.
 *
 * Interrupts in two ways. With handlers_apart the process that delivers the interrupt also runs
 * the handler, and the thread cannot run until it has ended. Otherwise the thread runs its
 * handler, and the delivery turns the thread's step into another one.
 */
#include <string.h>
#include "litmus_x86.h"

enum role { THREAD, BUFFER, INTERRUPT };

static inline enum role role_of(const struct lm_program *prog, unsigned p)
{
	return p < prog->nr_threads		       ? THREAD
	       : prog->tso && p < 2 * prog->nr_threads ? BUFFER
						       : INTERRUPT;
}

static inline unsigned proc_of(const struct lm_program *prog, enum role role, unsigned t)
{
	return t + prog->nr_threads * (role == INTERRUPT && !prog->tso ? 1 : role);
}

const struct lm_op *lm_thread_op(const struct lm_world *w, unsigned t)
{
	const struct lm_code *c = &w->prog->thread[t];

	return w->s.cpu[t].pc < c->nr ? &c->op[w->s.cpu[t].pc] : NULL;
}

const struct lm_op *lm_op_of(const struct lm_world *w, unsigned t)
{
	static const struct lm_op iret = {.kind = LM_IRET};
	const struct lm_code *c = &w->prog->handler[t];

	if (!w->s.cpu[t].in_handler)
		return lm_thread_op(w, t);
	return w->s.cpu[t].handler_pc < c->nr ? &c->op[w->s.cpu[t].handler_pc] : &iret;
}

/* Does the next step of that process execute an operation? */
static bool executes(const struct lm_world *w, enum role role, unsigned t)
{
	return role == THREAD ||
	       (role == INTERRUPT && w->prog->handlers_apart && w->s.cpu[t].in_handler);
}

static bool thread_can(const struct lm_world *w, unsigned t)
{
	return !(w->prog->handlers_apart && w->s.cpu[t].in_handler) && lm_op_can(w, t);
}

/* Intel SDM volume 3, "Store Buffer": an interrupt drains it. */
static bool irq_can(const struct lm_world *w, unsigned t)
{
	const struct lm_cpu *c = &w->s.cpu[t];

	if (executes(w, INTERRUPT, t))
		return lm_op_can(w, t);
	return c->pending && !c->irqs_off && !c->in_handler && c->stored == c->drained;
}

static u64 enabled(void *v)
{
	const struct lm_world *w = v;
	const struct lm_program *p = w->prog;
	u64 mask = 0;

	for (unsigned t = 0; t < p->nr_threads; t++) {
		const struct lm_cpu *c = &w->s.cpu[t];

		mask |= (u64)thread_can(w, t) << t;
		if (p->tso)
			mask |= (u64)(c->stored != c->drained) << proc_of(p, BUFFER, t);
		if (p->interrupts)
			mask |= (u64)irq_can(w, t) << proc_of(p, INTERRUPT, t);
	}
	return mask;
}

static void drain_next(const struct lm_world *w, unsigned t, struct xp_step *a)
{
	const struct lm_cpu *c = &w->s.cpu[t];
	unsigned k = c->drained, at = k % LM_BUFFER;

	xp_touch(a, LM_OBJ(LM_OBJ_SLOT, t, k), XP_WRITE | XP_AWAIT);
	if (k == c->stored)
		return;
	xp_touch(a, LM_OBJ(LM_OBJ_DRAINED, t, 0), XP_WRITE | XP_WAKE);
	xp_touch(a, LM_OBJ(LM_OBJ_MEM, 0, c->var[at]),
		 XP_WRITE | lm_wakes(w, c->var[at], c->val[at]));
}

static void next(void *v, unsigned p, struct xp_step *a)
{
	const struct lm_world *w = v;
	enum role role = role_of(w->prog, p);
	unsigned t = p % w->prog->nr_threads;
	bool apart = w->prog->handlers_apart;

	if (executes(w, role, t)) {
		lm_op_next(w, t, role == THREAD && apart ? lm_thread_op(w, t) : lm_op_of(w, t), a);
	} else if (role == BUFFER) {
		drain_next(w, t, a);
	} else {
		xp_touch(a, LM_OBJ(LM_OBJ_PENDING, t, 0), XP_WRITE | XP_AWAIT);
		xp_touch(a, LM_OBJ(LM_OBJ_CTX, t, 0), XP_WRITE | XP_AWAIT | (apart ? 0 : XP_TURN));
		lm_await_drained(&w->s, t, a);
	}
}

static void step(void *v, unsigned p, struct xp_step *done)
{
	struct lm_world *w = v;
	enum role role = role_of(w->prog, p);
	unsigned t = p % w->prog->nr_threads;

	next(v, p, done);
	if (executes(w, role, t)) {
		lm_op_run(w, t);
	} else if (role == BUFFER) {
		lm_drain(w, t);
	} else {
		w->s.cpu[t].pending = 0;
		w->s.cpu[t].in_handler = 1;
	}
}

static void reset(void *v)
{
	struct lm_world *w = v;

	memset(&w->s, 0, w->bytes);
	memset(&w->rel, 0, sizeof(w->rel));
	memcpy(w->s.mem, w->prog->mem, sizeof(w->s.mem));
	for (unsigned t = 0; t < w->prog->nr_threads; t++) {
		memcpy(w->s.cpu[t].reg, w->prog->reg[t], sizeof(w->s.cpu[t].reg));
		lm_settle(w, t);
	}
}

static bool finished(void *v)
{
	const struct lm_world *w = v;

	for (unsigned t = 0; t < w->prog->nr_threads; t++)
		if (lm_op_of(w, t) || w->s.cpu[t].stored != w->s.cpu[t].drained)
			return false;
	return true;
}

static const char *verdict(void *v, bool end)
{
	const struct lm_world *w = v;

	return w->judge ? w->judge(w, end) : NULL;
}

static const char *proc_name(void *v, unsigned p)
{
	static const char names[][LM_THREADS][3] = {
		[THREAD] = {"T0", "T1", "T2", "T3", "T4", "T5"},
		[BUFFER] = {"B0", "B1", "B2", "B3", "B4", "B5"},
		[INTERRUPT] = {"I0", "I1", "I2", "I3", "I4", "I5"},
	};
	const struct lm_program *prog = ((const struct lm_world *)v)->prog;

	return names[role_of(prog, p)][p % prog->nr_threads];
}

static void describe(void *v, unsigned p, char *buf, size_t size)
{
	const struct lm_world *w = v;
	enum role role = role_of(w->prog, p);
	unsigned t = p % w->prog->nr_threads;

	if (executes(w, role, t)) {
		lm_print_op(lm_op_of(w, t), buf, size);
	} else if (role == BUFFER) {
		const struct lm_cpu *c = &w->s.cpu[t];
		struct lm_op op = {.kind = LM_STORE};

		op.var = c->var[c->drained % LM_BUFFER];
		op.val = c->val[c->drained % LM_BUFFER];
		lm_print_op(&op, buf, size);
	} else {
		snprintf(buf, size, "interrupt");
	}
}

u64 lm_fingerprint(void *v)
{
	const struct lm_world *w = v;

	return lm_hash(&w->s, w->bytes);
}

static void save(void *v, unsigned slot)
{
	struct lm_world *w = v;

	if (slot >= LM_SLOTS)
		return;
	memcpy(&w->saved[slot], &w->s, w->bytes);
	if (w->relations)
		w->saved_rel[slot] = w->rel;
	if (w->plant_save)
		memset(w->saved[slot].mem, 0, sizeof(w->s.mem));
}

static bool restore(void *v, unsigned slot)
{
	struct lm_world *w = v;

	if (slot >= LM_SLOTS || (w->loses && slot % 2 == 0))
		return false;
	memcpy(&w->s, &w->saved[slot], w->bytes);
	if (w->relations)
		w->rel = w->saved_rel[slot];
	return true;
}

void lm_init(struct lm_world *w, const struct lm_program *prog)
{
	memset(w, 0, sizeof(*w));
	w->prog = prog;
	w->bytes = offsetof(struct lm_state, cpu) + prog->nr_threads * sizeof(struct lm_cpu);
	w->world = (struct xp_world){
		.name = "litmus",
		.nr_procs = proc_of(prog, INTERRUPT, prog->interrupts ? prog->nr_threads : 0),
		.essential = (1ULL << prog->nr_threads) - 1,
		.turners = prog->interrupts && !prog->handlers_apart ? ~0ULL : 0,
		.reset = reset,
		.save = save,
		.restore = restore,
		.enabled = enabled,
		.next = next,
		.step = step,
		.finished = finished,
		.verdict = verdict,
		.fingerprint = lm_fingerprint,
		.image = lm_fingerprint,
		.state = lm_fingerprint,
		.proc_name = proc_name,
		.describe = describe,
	};
}
