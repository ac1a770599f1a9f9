// SPDX-License-Identifier: GPL-2.0
/*
 * What one operation touches, when it can run, and what it does.
 *
 * Store k of a thread has two objects. SLOT: it is in the buffer with a value (written by the
 * store and the drain, read by loads that it is forwarded to). DRAINED: it has left the buffer
 * (written by its drain, awaited by operations that wait for an empty buffer; they still wait
 * after the drain of an earlier store). CTX is a thread's IF, whether it is in its handler, and
 * whether its buffer may be empty: an interrupt is delivered only in some of these states, and
 * holds up or changes what the thread does next.
 */
#include "engine.h"
#include "litmus.h"
#include "litmus_x86.h"

/* The newest store of the thread to a variable that is still in its buffer, or -1. */
static int forwarded(const struct lm_cpu *c, unsigned var)
{
	for (int k = c->stored; --k >= c->drained;)
		if (c->var[k % LM_BUFFER] == var)
			return k;
	return -1;
}

u64 lm_visible(const struct lm_state *s, unsigned t, unsigned var)
{
	int k = forwarded(&s->cpu[t], var);

	return k < 0 ? s->mem[var] : s->cpu[t].val[k % LM_BUFFER];
}

static unsigned var_of(const struct lm_world *w, unsigned t, const struct lm_op *op)
{
	return op->base ? lm_pointed(w, t, op) : op->var;
}

static bool waits_for_drain(u8 kind)
{
	return kind == LM_AWAIT_BOTH || kind == LM_XCHG || kind == LM_ADD || kind == LM_RMW ||
	       kind == LM_MFENCE || kind == LM_LOCK || kind == LM_IPI || kind == LM_IRET;
}

bool lm_op_can(const struct lm_world *w, unsigned t)
{
	const struct lm_op *op = lm_op_of(w, t);
	const struct lm_state *s = &w->s;
	const struct lm_cpu *c = &s->cpu[t];

	if (!op || (waits_for_drain(op->kind) && c->stored != c->drained))
		return false;
	if (c->turn.spins && !lm_turn_can(s, t))
		return false;
	if (op->kind == LM_LOCK)
		return !s->mem[op->var];
	if (op->kind == LM_AWAIT_BOTH)
		return s->mem[op->var] == op->val && s->mem[op->reg] == op->val;
	return op->kind != LM_AWAIT || lm_visible(s, t, op->var) == op->val;
}

void lm_await_drained(const struct lm_state *s, unsigned t, struct xp_step *a)
{
	if (s->cpu[t].stored)
		xp_touch(a, LM_OBJ(LM_OBJ_DRAINED, t, 0), XP_READ | XP_AWAIT);
}

static void touch_visible(const struct lm_state *s, unsigned t, unsigned var, bool interrupted,
			  struct xp_step *a, unsigned more)
{
	int k = interrupted ? -1 : forwarded(&s->cpu[t], var);

	/* When the store has drained, MEM is read in place of SLOT: the drain wrote both. */
	if (k < 0)
		xp_touch(a, LM_OBJ(LM_OBJ_MEM, 0, var), XP_READ | more);
	else
		xp_touch(a, LM_OBJ(LM_OBJ_SLOT, t, k), XP_READ | more);
}

static bool is_store(u8 kind)
{
	return kind == LM_STORE || kind == LM_STORE_REG || kind == LM_UNLOCK;
}

/* The first two variables are locks. If one is also awaited, threads may wait for any value. */
unsigned lm_wakes(const struct lm_world *w, unsigned var, u64 val)
{
	return var < 2 && !(w->prog->awaited & BIT(var)) && w->s.mem[var] && !val ? XP_WAKE : 0;
}

static void touch_ctx(const struct lm_world *w, unsigned t, u8 kind, struct xp_step *a)
{
	unsigned rw = XP_READ | XP_AWAIT;

	if (is_store(kind) || kind == LM_CLI)
		rw = XP_WRITE | XP_AWAIT;
	if (kind == LM_STI || kind == LM_IRET)
		rw = XP_WRITE | XP_AWAIT | (w->s.cpu[t].irqs_off || kind == LM_IRET ? XP_WAKE : 0);
	xp_touch(a, LM_OBJ(LM_OBJ_CTX, t, 0), rw);
}

/* The last turn of the loop has changed nothing: await all variables that it has read. */
static void touch_turn(const struct lm_state *s, unsigned t, struct xp_step *a)
{
	const struct lm_turn *turn = &s->cpu[t].turn;

	xp_touch(a, LM_OBJ(LM_OBJ_LOOP, t, 0), XP_READ | XP_AWAIT | XP_SPIN);
	for (unsigned i = 0; i < turn->nr; i++)
		touch_visible(s, t, turn->var[i], false, a, XP_AWAIT | XP_SPIN);
}

static void touch_store(const struct lm_world *w, unsigned t, const struct lm_op *op,
			struct xp_step *a)
{
	unsigned wakes = op->kind == LM_UNLOCK ? lm_wakes(w, op->var, 0) : 0;

	if (w->prog->tso)
		xp_touch(a, LM_OBJ(LM_OBJ_SLOT, t, w->s.cpu[t].stored), XP_WRITE | XP_WAKE);
	else
		xp_touch(a, LM_OBJ(LM_OBJ_MEM, 0, var_of(w, t, op)), XP_WRITE | wakes);
}

/*
 * The step of a thread, or of its handler. For a thread that waits until its handler ends, no
 * store will be forwarded: the buffer drains before.
 */
void lm_op_next(const struct lm_world *w, unsigned t, const struct lm_op *op, struct xp_step *a)
{
	bool interrupted = w->s.cpu[t].in_handler && op == lm_thread_op(w, t);
	const struct lm_state *s = &w->s;

	if (w->prog->interrupts)
		touch_ctx(w, t, op ? op->kind : LM_LOAD, a);
	if (!op)
		return;
	if (waits_for_drain(op->kind))
		lm_await_drained(s, t, a);
	if (s->cpu[t].turn.spins)
		touch_turn(s, t, a);
	switch (op->kind) {
	case LM_LOAD:
		touch_visible(s, t, var_of(w, t, op), interrupted, a, 0);
		break;
	case LM_AWAIT:
		touch_visible(s, t, op->var, interrupted, a, XP_AWAIT | XP_SPIN);
		break;
	case LM_AWAIT_BOTH:
		xp_touch(a, LM_OBJ(LM_OBJ_MEM, 0, op->var), XP_READ | XP_AWAIT | XP_SPIN);
		xp_touch(a, LM_OBJ(LM_OBJ_MEM, 0, op->reg), XP_READ | XP_AWAIT | XP_SPIN);
		break;
	case LM_XCHG:
	case LM_ADD:
	case LM_RMW:
		xp_touch(a, LM_OBJ(LM_OBJ_MEM, 0, var_of(w, t, op)), XP_WRITE);
		break;
	case LM_LOCK:
		xp_touch(a, LM_OBJ(LM_OBJ_MEM, 0, op->var), XP_WRITE | XP_AWAIT);
		break;
	case LM_IPI:
	case LM_WEAK_IPI:
		xp_touch(a, LM_OBJ(LM_OBJ_PENDING, op->val, 0),
			 XP_WRITE | (s->cpu[op->val].pending ? 0 : XP_WAKE));
		break;
	case LM_STORE:
	case LM_STORE_REG:
	case LM_UNLOCK:
		touch_store(w, t, op, a);
		break;
	}
}

/* Write memory: a drain, a locked operation, or, without buffers, a store. */
static void write(struct lm_world *w, unsigned var, u64 val, u32 writer)
{
	u64 order[] = {w->rel.order[var], writer};

	w->s.mem[var] = val;
	if (!w->relations)
		return;
	w->rel.writer[var] = writer;
	w->rel.order[var] = lm_hash(order, sizeof(order));
}

static u32 new_writer(struct lm_world *w, unsigned t)
{
	return (t + 1) << 16 | ++w->rel.writes[t];
}

static u64 read(struct lm_world *w, unsigned t, unsigned var)
{
	const struct lm_cpu *c = &w->s.cpu[t];
	int k = forwarded(c, var);
	u64 val = k < 0 ? w->s.mem[var] : c->val[k % LM_BUFFER];

	lm_turn_reads(w, t, var, val);
	if (w->relations) {
		u32 from = k < 0 ? w->rel.writer[var] : w->rel.buffered[t][k % LM_BUFFER];
		u64 reads[] = {w->rel.reads[t], from};

		w->rel.reads[t] = lm_hash(reads, sizeof(reads));
	}
	return val;
}

static void store(struct lm_world *w, unsigned t, unsigned var, u64 val)
{
	struct lm_cpu *c = &w->s.cpu[t];
	unsigned at = c->stored % LM_BUFFER;
	u32 writer = new_writer(w, t);

	lm_turn_writes(c);
	if (!w->prog->tso) {
		write(w, var, val, writer);
		return;
	}
	if (c->stored - c->drained == LM_BUFFER)
		xp_die("%s: more than %d stores wait in the buffer of thread %u", w->prog->name,
		       LM_BUFFER, t);
	c->var[at] = var;
	c->val[at] = val;
	w->rel.buffered[t][at] = writer;
	c->stored++;
}

void lm_drain(struct lm_world *w, unsigned t)
{
	struct lm_cpu *c = &w->s.cpu[t];
	unsigned at = c->drained++ % LM_BUFFER;

	write(w, c->var[at], c->val[at], w->rel.buffered[t][at]);
	c->var[at] = c->val[at] = 0;
	w->rel.buffered[t][at] = 0;
}

/* A locked operation that does not change the value may be in a turn that changes nothing. */
static void modify(struct lm_world *w, unsigned t, unsigned var, u64 old, u64 val)
{
	if (val != old)
		lm_turn_writes(&w->s.cpu[t]);
	write(w, var, val, new_writer(w, t));
}

static void read_modify_write(struct lm_world *w, unsigned t, const struct lm_op *op)
{
	unsigned var = var_of(w, t, op);
	struct lm_cpu *c = &w->s.cpu[t];
	u64 old = read(w, t, var), val;

	if (op->kind == LM_RMW) {
		if (lm_locked(c, op, old, &val))
			modify(w, t, var, old, val);
		return;
	}
	c->reg[op->reg] = old;
	modify(w, t, var, old, op->kind == LM_ADD ? old + op->val : op->val);
}

void lm_op_run(struct lm_world *w, unsigned t)
{
	const struct lm_op *op = lm_op_of(w, t);
	struct lm_state *s = &w->s;
	struct lm_cpu *c = &s->cpu[t];

	if (c->in_handler)
		c->handler_pc++;
	else
		c->pc++;
	lm_turn_begins(c);
	switch (op->kind) {
	case LM_LOAD:
		lm_write_reg(c, op->reg, op->size, read(w, t, var_of(w, t, op)));
		break;
	case LM_STORE:
		store(w, t, var_of(w, t, op), op->val);
		break;
	case LM_STORE_REG:
		store(w, t, var_of(w, t, op), lm_read_reg(c, op->reg, op->size));
		break;
	case LM_XCHG:
	case LM_ADD:
	case LM_RMW:
		read_modify_write(w, t, op);
		break;
	case LM_LOCK:
		modify(w, t, op->var, 0, 1);
		break;
	case LM_UNLOCK:
		store(w, t, op->var, 0);
		break;
	case LM_IPI:
	case LM_WEAK_IPI:
		s->cpu[op->val].pending = 1;
		break;
	case LM_CLI:
	case LM_STI:
		c->irqs_off = op->kind == LM_CLI;
		break;
	case LM_IRET:
		c->in_handler = c->handler_pc = 0;
		break;
	}
	lm_settle(w, t);
}
