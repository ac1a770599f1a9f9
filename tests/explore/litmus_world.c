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

static inline unsigned drain0(const struct lm_program *p)
{
	return p->nr_threads;
}

static inline unsigned irq0(const struct lm_program *p)
{
	return p->nr_threads * (p->tso ? 2 : 1);
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

static bool thread_can(const struct lm_world *w, unsigned t)
{
	return !(w->prog->handlers_apart && w->s.cpu[t].in_handler) && lm_op_can(w, t);
}

/* Intel SDM volume 3, "Store Buffer": an interrupt drains it. */
static bool irq_can(const struct lm_world *w, unsigned t)
{
	const struct lm_cpu *c = &w->s.cpu[t];

	if (w->prog->handlers_apart && c->in_handler)
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
			mask |= (u64)(c->stored != c->drained) << (drain0(p) + t);
		if (p->interrupts)
			mask |= (u64)irq_can(w, t) << (irq0(p) + t);
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
	const struct lm_program *prog = w->prog;

	if (p < prog->nr_threads) {
		lm_op_next(w, p, prog->handlers_apart ? lm_thread_op(w, p) : lm_op_of(w, p), a);
	} else if (prog->tso && p < irq0(prog)) {
		drain_next(w, p - drain0(prog), a);
	} else if (prog->handlers_apart && w->s.cpu[p - irq0(prog)].in_handler) {
		p -= irq0(prog);
		lm_op_next(w, p, lm_op_of(w, p), a);
	} else {
		p -= irq0(prog);
		xp_touch(a, LM_OBJ(LM_OBJ_PENDING, p, 0), XP_WRITE | XP_AWAIT);
		xp_touch(a, LM_OBJ(LM_OBJ_CTX, p, 0),
			 XP_WRITE | XP_AWAIT | (prog->handlers_apart ? 0 : XP_TURN));
		lm_await_drained(&w->s, p, a);
	}
}

static void step(void *v, unsigned p, struct xp_step *done)
{
	struct lm_world *w = v;
	const struct lm_program *prog = w->prog;

	next(v, p, done);
	if (p < prog->nr_threads) {
		lm_op_run(w, p);
	} else if (prog->tso && p < irq0(prog)) {
		lm_drain(w, p - drain0(prog));
	} else if (prog->handlers_apart && w->s.cpu[p - irq0(prog)].in_handler) {
		lm_op_run(w, p - irq0(prog));
	} else {
		w->s.cpu[p - irq0(prog)].pending = 0;
		w->s.cpu[p - irq0(prog)].in_handler = 1;
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
	static const char names[][3] = {"T0", "T1", "T2", "T3", "T4", "T5", "B0", "B1", "B2",
					"B3", "B4", "B5", "I0", "I1", "I2", "I3", "I4", "I5"};
	const struct lm_program *prog = ((const struct lm_world *)v)->prog;
	unsigned n = prog->nr_threads;

	_Static_assert(sizeof(names) / sizeof(names[0]) == 3 * LM_THREADS, "a name each");
	return names[p < n	      ? p
		     : p < irq0(prog) ? LM_THREADS + p - n
				      : 2 * LM_THREADS + p - irq0(prog)];
}

static void describe(void *v, unsigned p, char *buf, size_t size)
{
	const struct lm_world *w = v;
	const struct lm_program *prog = w->prog;
	unsigned t = p - irq0(prog);

	if (p < prog->nr_threads ||
	    (p >= irq0(prog) && prog->handlers_apart && w->s.cpu[t].in_handler)) {
		t = p < prog->nr_threads ? p : t;
		lm_print_op(lm_op_of(w, t), buf, size);
	} else if (p < irq0(prog)) {
		const struct lm_cpu *c = &w->s.cpu[p - drain0(prog)];
		struct lm_op op = {.kind = LM_STORE};

		op.var = c->var[c->drained % LM_BUFFER];
		op.val = c->val[c->drained % LM_BUFFER];
		lm_print_op(&op, buf, size);
	} else {
		snprintf(buf, size, "interrupt");
	}
}

void lm_init(struct lm_world *w, const struct lm_program *prog)
{
	memset(w, 0, sizeof(*w));
	w->prog = prog;
	w->bytes = offsetof(struct lm_state, cpu) + prog->nr_threads * sizeof(struct lm_cpu);
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
