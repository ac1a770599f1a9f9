// SPDX-License-Identifier: GPL-2.0
/*
 * The machine that litmus programs run on. Processes: thread t is t; its store buffer, with
 * TSO, drains as nr_threads + t; with interrupts a last group delivers them.
 *
 * What steps touch. Store k of a thread is two objects: SLOT, that it is in the buffer
 * and holds a value (written by the store and the drain, read by loads that it is
 * forwarded to), and DRAINED, that it has left (written by the drain, awaited by what waits for
 * an empty buffer: the drain of an earlier store leaves it waiting). CTX is a thread's IF,
 * whether it is in its handler, and whether its buffer may be empty: an interrupt is only
 * delivered in some states of it, and holds up or changes what the thread does next.
 *
 * Interrupts two ways. Handlers apart: the process that delivers goes on with the
 * handler, and the thread cannot run until it is over. Otherwise the thread runs its handler,
 * and its delivery turns the thread's step into another one.
 */
#include <string.h>
#include "litmus.h"

enum { OBJ_MEM, OBJ_SLOT, OBJ_DRAINED, OBJ_CTX, OBJ_PENDING };
#define OBJ(what, t, k) (((uintptr_t)(what) << 16) | (t) << 8 | (k))

static inline unsigned drain0(const struct lm_program *p)
{
	return p->nr_threads;
}

static inline unsigned irq0(const struct lm_program *p)
{
	return p->nr_threads * (p->tso ? 2 : 1);
}

static const struct lm_op *thread_op(const struct lm_world *w, unsigned t)
{
	const struct lm_code *c = &w->prog->thread[t];

	return w->s.pc[t] < c->nr ? &c->op[w->s.pc[t]] : NULL;
}

/* What the CPU of the thread does next. */
static const struct lm_op *op_of(const struct lm_world *w, unsigned t)
{
	static const struct lm_op iret = {.kind = LM_IRET};
	const struct lm_code *c = &w->prog->handler[t];

	if (!w->s.in_handler[t])
		return thread_op(w, t);
	return w->s.handler_pc[t] < c->nr ? &c->op[w->s.handler_pc[t]] : &iret;
}

/* The newest store of the thread to a variable that is still in its buffer, or -1. */
static int forwarded(const struct lm_state *s, unsigned t, unsigned var)
{
	for (int k = s->stored[t]; --k >= s->drained[t];)
		if (s->buf[t][k].var == var)
			return k;
	return -1;
}

static u8 visible(const struct lm_state *s, unsigned t, unsigned var)
{
	int k = forwarded(s, t, var);

	return k < 0 ? s->mem[var] : s->buf[t][k].val;
}

static bool waits_for_drain(u8 kind)
{
	return kind == LM_AWAIT_BOTH || kind == LM_XCHG || kind == LM_ADD || kind == LM_MFENCE ||
	       kind == LM_LOCK || kind == LM_IPI || kind == LM_IRET;
}

static bool op_can(const struct lm_world *w, unsigned t)
{
	const struct lm_op *op = op_of(w, t);
	const struct lm_state *s = &w->s;

	if (!op || (waits_for_drain(op->kind) && s->stored[t] != s->drained[t]))
		return false;
	if (op->kind == LM_LOCK)
		return !s->mem[op->var];
	if (op->kind == LM_AWAIT_BOTH)
		return s->mem[op->var] == op->val && s->mem[op->reg] == op->val;
	return op->kind != LM_AWAIT || visible(s, t, op->var) == op->val;
}

static bool thread_can(const struct lm_world *w, unsigned t)
{
	return !(w->prog->handlers_apart && w->s.in_handler[t]) && op_can(w, t);
}

/* Intel SDM volume 3, "Store Buffer": an interrupt drains it. */
static bool irq_can(const struct lm_world *w, unsigned t)
{
	const struct lm_state *s = &w->s;

	if (w->prog->handlers_apart && s->in_handler[t])
		return op_can(w, t);
	return s->pending[t] && !s->irqs_off[t] && !s->in_handler[t] &&
	       s->stored[t] == s->drained[t];
}

static u64 enabled(void *v)
{
	const struct lm_world *w = v;
	const struct lm_program *p = w->prog;
	u64 mask = 0;

	for (unsigned t = 0; t < p->nr_threads; t++) {
		mask |= (u64)thread_can(w, t) << t;
		if (p->tso)
			mask |= (u64)(w->s.stored[t] != w->s.drained[t]) << (drain0(p) + t);
		if (p->interrupts)
			mask |= (u64)irq_can(w, t) << (irq0(p) + t);
	}
	return mask;
}

static void await_drained(const struct lm_state *s, unsigned t, struct xp_step *a)
{
	if (s->stored[t])
		xp_touch(a, OBJ(OBJ_DRAINED, t, 0), XP_READ | XP_AWAIT);
}

static void touch_visible(const struct lm_state *s, unsigned t, unsigned var, bool interrupted,
			  struct xp_step *a, unsigned more)
{
	int k = interrupted ? -1 : forwarded(s, t, var);

	/* Where none is forwarded any more, memory stands for it: the drain wrote both. */
	if (k < 0)
		xp_touch(a, OBJ(OBJ_MEM, 0, var), XP_READ | more);
	else
		xp_touch(a, OBJ(OBJ_SLOT, t, k), XP_READ | more);
}

static bool is_store(u8 kind)
{
	return kind == LM_STORE || kind == LM_STORE_REG || kind == LM_UNLOCK;
}

/* Lock variables are the first two; nobody else waits for them. */
static unsigned wakes(const struct lm_state *s, unsigned var, unsigned val)
{
	return var < 2 && s->mem[var] && !val ? XP_WAKE : 0;
}

static void touch_ctx(const struct lm_world *w, unsigned t, u8 kind, struct xp_step *a)
{
	unsigned rw = XP_READ | XP_AWAIT;

	if (is_store(kind) || kind == LM_CLI)
		rw = XP_WRITE | XP_AWAIT;
	if (kind == LM_STI || kind == LM_IRET)
		rw = XP_WRITE | XP_AWAIT | (w->s.irqs_off[t] || kind == LM_IRET ? XP_WAKE : 0);
	xp_touch(a, OBJ(OBJ_CTX, t, 0), rw);
}

/*
 * The step of a thread, or of its handler. A thread that waits for its handler to end, before
 * which the buffer drains, will find no store to forward.
 */
static void op_next(const struct lm_world *w, unsigned t, const struct lm_op *op, struct xp_step *a)
{
	bool interrupted = w->s.in_handler[t] && op == thread_op(w, t);
	const struct lm_state *s = &w->s;

	if (w->prog->interrupts)
		touch_ctx(w, t, op ? op->kind : LM_LOAD, a);
	if (!op)
		return;
	if (waits_for_drain(op->kind))
		await_drained(s, t, a);
	switch (op->kind) {
	case LM_LOAD:
		touch_visible(s, t, op->var, interrupted, a, 0);
		break;
	case LM_AWAIT:
		touch_visible(s, t, op->var, interrupted, a, XP_AWAIT | XP_SPIN);
		break;
	case LM_AWAIT_BOTH:
		xp_touch(a, OBJ(OBJ_MEM, 0, op->var), XP_READ | XP_AWAIT | XP_SPIN);
		xp_touch(a, OBJ(OBJ_MEM, 0, op->reg), XP_READ | XP_AWAIT | XP_SPIN);
		break;
	case LM_XCHG:
	case LM_ADD:
		xp_touch(a, OBJ(OBJ_MEM, 0, op->var), XP_WRITE);
		break;
	case LM_LOCK:
		xp_touch(a, OBJ(OBJ_MEM, 0, op->var), XP_WRITE | XP_AWAIT);
		break;
	case LM_IPI:
	case LM_WEAK_IPI:
		xp_touch(a, OBJ(OBJ_PENDING, op->val, 0),
			 XP_WRITE | (s->pending[op->val] ? 0 : XP_WAKE));
		break;
	case LM_STORE:
	case LM_STORE_REG:
	case LM_UNLOCK:
		if (w->prog->tso)
			xp_touch(a, OBJ(OBJ_SLOT, t, s->stored[t]), XP_WRITE | XP_WAKE);
		else
			xp_touch(a, OBJ(OBJ_MEM, 0, op->var),
				 XP_WRITE | (op->kind == LM_UNLOCK ? wakes(s, op->var, 0) : 0));
		break;
	}
}

static void next(void *v, unsigned p, struct xp_step *a)
{
	const struct lm_world *w = v;
	const struct lm_program *prog = w->prog;
	const struct lm_state *s = &w->s;
	unsigned k;

	if (p < prog->nr_threads) {
		op_next(w, p, prog->handlers_apart ? thread_op(w, p) : op_of(w, p), a);
	} else if (prog->tso && p < irq0(prog)) {
		p -= drain0(prog);
		k = s->drained[p];
		xp_touch(a, OBJ(OBJ_SLOT, p, k), XP_WRITE | XP_AWAIT);
		if (k == s->stored[p])
			return;
		xp_touch(a, OBJ(OBJ_DRAINED, p, 0), XP_WRITE | XP_WAKE);
		xp_touch(a, OBJ(OBJ_MEM, 0, s->buf[p][k].var),
			 XP_WRITE | wakes(s, s->buf[p][k].var, s->buf[p][k].val));
	} else if (prog->handlers_apart && s->in_handler[p - irq0(prog)]) {
		p -= irq0(prog);
		op_next(w, p, op_of(w, p), a);
	} else {
		p -= irq0(prog);
		xp_touch(a, OBJ(OBJ_PENDING, p, 0), XP_WRITE | XP_AWAIT);
		xp_touch(a, OBJ(OBJ_CTX, p, 0),
			 XP_WRITE | XP_AWAIT | (prog->handlers_apart ? 0 : XP_TURN));
		await_drained(s, p, a);
	}
}

static void store(struct lm_world *w, unsigned t, u8 var, u8 val)
{
	struct lm_state *s = &w->s;

	if (!w->prog->tso) {
		s->mem[var] = val;
		return;
	}
	s->buf[t][s->stored[t]].var = var;
	s->buf[t][s->stored[t]++].val = val;
}

static void run(struct lm_world *w, unsigned t)
{
	const struct lm_op *op = op_of(w, t);
	struct lm_state *s = &w->s;

	if (s->in_handler[t])
		s->handler_pc[t]++;
	else
		s->pc[t]++;
	switch (op->kind) {
	case LM_LOAD:
		s->reg[t][op->reg] = visible(s, t, op->var);
		break;
	case LM_STORE:
		store(w, t, op->var, op->val);
		break;
	case LM_STORE_REG:
		store(w, t, op->var, s->reg[t][op->reg]);
		break;
	case LM_XCHG:
		s->reg[t][op->reg] = s->mem[op->var];
		s->mem[op->var] = op->val;
		break;
	case LM_ADD:
		s->reg[t][op->reg] = s->mem[op->var];
		s->mem[op->var] += op->val;
		break;
	case LM_LOCK:
		s->mem[op->var] = 1;
		break;
	case LM_UNLOCK:
		store(w, t, op->var, 0);
		break;
	case LM_IPI:
	case LM_WEAK_IPI:
		s->pending[op->val] = 1;
		break;
	case LM_CLI:
	case LM_STI:
		s->irqs_off[t] = op->kind == LM_CLI;
		break;
	case LM_IRET:
		s->in_handler[t] = s->handler_pc[t] = 0;
		break;
	}
}

static void step(void *v, unsigned p, struct xp_step *done)
{
	struct lm_world *w = v;
	const struct lm_program *prog = w->prog;
	struct lm_state *s = &w->s;

	next(v, p, done);
	if (p < prog->nr_threads) {
		run(w, p);
	} else if (prog->tso && p < irq0(prog)) {
		unsigned t = p - drain0(prog), k = s->drained[t]++;

		s->mem[s->buf[t][k].var] = s->buf[t][k].val;
		s->buf[t][k].var = s->buf[t][k].val = 0;
	} else if (prog->handlers_apart && s->in_handler[p - irq0(prog)]) {
		run(w, p - irq0(prog));
	} else {
		s->pending[p - irq0(prog)] = 0;
		s->in_handler[p - irq0(prog)] = 1;
	}
}

static void reset(void *v)
{
	struct lm_world *w = v;

	memset(&w->s, 0, sizeof(w->s));
}

static bool finished(void *v)
{
	const struct lm_world *w = v;

	for (unsigned t = 0; t < w->prog->nr_threads; t++)
		if (op_of(w, t) || w->s.stored[t] != w->s.drained[t])
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
	static const char names[][4] = {"T0", "T1", "T2", "T3", "B0", "B1",
					"B2", "B3", "I0", "I1", "I2", "I3"};
	const struct lm_program *prog = ((const struct lm_world *)v)->prog;
	unsigned n = prog->nr_threads;

	return names[p < n ? p : p < irq0(prog) ? 4 + p - n : 8 + p - irq0(prog)];
}

static void describe(void *v, unsigned p, char *buf, size_t size)
{
	const struct lm_world *w = v;
	const struct lm_program *prog = w->prog;
	const struct lm_state *s = &w->s;
	unsigned t = p - irq0(prog);

	if (p < prog->nr_threads || (p >= irq0(prog) && prog->handlers_apart && s->in_handler[t])) {
		t = p < prog->nr_threads ? p : t;
		lm_print_op(op_of(w, t), buf, size);
	} else if (p < irq0(prog)) {
		struct lm_op op = {.kind = LM_STORE};

		t = p - drain0(prog);
		op.var = s->buf[t][s->drained[t]].var;
		op.val = s->buf[t][s->drained[t]].val;
		lm_print_op(&op, buf, size);
	} else {
		snprintf(buf, size, "interrupt");
	}
}

void lm_init(struct lm_world *w, const struct lm_program *prog)
{
	memset(w, 0, sizeof(*w));
	w->prog = prog;
	w->world = (struct xp_world){
		.name = "litmus",
		.nr_procs = irq0(prog) + (prog->interrupts ? prog->nr_threads : 0),
		.essential = (1ULL << prog->nr_threads) - 1,
		.turners = prog->interrupts && !prog->handlers_apart ? ~0ULL : 0,
		.reset = reset,
		.save = lm_save,
		.restore = lm_restore,
		.enabled = enabled,
		.next = next,
		.step = step,
		.finished = finished,
		.verdict = verdict,
		.fingerprint = lm_fingerprint,
		.image = lm_fingerprint,
		.proc_name = proc_name,
		.describe = describe,
	};
}
