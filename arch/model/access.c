/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loads, stores, locked operations, and the store buffers behind them (x86-TSO: Owens,
 * Sarkar, Sewell 2009; SDM vol. 3A 9.2.2; APM vol. 2 7.2). A buffer is FIFO; a load takes
 * the newest entry for its word, else memory; a locked operation waits until it is empty.
 */
#include "host.h"
#include "model.h"
#include "race.h"
#include <model/access.h>
#include <kernel/bug.h>
#include <asm/insn.h>

/* value_at() and sb_value() also read free frames, as hardware may: no verdict of ASan. */
__attribute__((no_sanitize("address"))) u64 value_at(const volatile void *p, size_t size)
{
	switch (size) {
	case 1:
		return *(const volatile u8 *)p;
	case 2:
		return *(const volatile u16 *)p;
	case 4:
		return *(const volatile u32 *)p;
	default:
		return *(const volatile u64 *)p;
	}
}

/* For a later cpu_relax(), which waits until one of these words changes. */
static void note_seen(struct mcpu *c, const volatile void *p, size_t size, const struct sb_entry *e)
{
	/* The newest MAX_SEEN, in a ring: their order does not matter. */
	struct seen *s = &c->seen[c->next_seen++ % MAX_SEEN];

	s->p = (const char *)p;
	s->value = value_at(p, size);
	s->forwarded = e;
	s->slot = e ? (u8)(e - c->sb) : 0;
	s->size = (u8)size;
	if (c->nr_seen < MAX_SEEN)
		c->nr_seen++;
}

static const struct sb_entry *sb_find(const struct mcpu *c, const volatile void *p, size_t size)
{
	const char *a = (const char *)p;

	for (unsigned int i = c->sb_nr; i-- > 0;) {
		const struct sb_entry *e = &c->sb[(c->sb_head + i) % SB_SIZE];

		if (e->p == a && e->size == size)
			return e;
		/* Overlap in part: processors do not forward that, and no code here does it. */
		MODEL_LIMIT(e->p < a + size && a < e->p + e->size,
			    "a load overlaps a store of other bytes in the store buffer");
	}
	return NULL;
}

unsigned int seen_slot(const struct mcpu *c, const struct seen *s)
{
	const struct sb_entry *e = sb_find(c, s->p, s->size);

	return e ? (unsigned int)(e - c->sb) : s->slot; /* stored to again since, or drained */
}

bool seen_changed(const struct mcpu *c)
{
	for (unsigned int i = 0; i < c->nr_seen; i++) {
		const struct seen *s = &c->seen[i];

		if (s->forwarded ? !sb_find(c, s->p, s->size) : value_at(s->p, s->size) != s->value)
			return true;
	}
	return !c->nr_seen;
}

static struct op *op_on(const volatile void *p, bool write)
{
	struct op *op = point_begin();

	op_touches(op, (uintptr_t)p & ~7UL, write ? ACC_WRITE : ACC_READ);
	return op;
}

static const void *load(const volatile void *p, size_t size, bool acquire, const void *pc)
{
	struct mcpu *c = this_mcpu();
	const struct sb_entry *e = NULL;

	if (machine.looking)
		e = sb_find(c, p, size);
	if (!machine.exploring || machine.observing)
		return e ? (const void *)&e->value : (const void *)p;
	/* Also if this is no step: another CPU may be found to write the word later. */
	if (shared_access(p, false)) {
		op_on(p, false);
		point(OP_LOAD);
		e = sb_find(c, p, size);
	}
	race_access(p, size, RACE_MARKED, pc);
	if (!e)
		race_load(p, acquire);
	note_seen(c, p, size, e);
	return e ? (const void *)&e->value : (const void *)p;
}

void machine_looks(bool on)
{
	if (machine.observing && !machine.looking)
		return; /* an oracle runs */
	machine.observing = machine.looking = on;
}

const void *model_load(const volatile void *p, size_t size)
{
	return load(p, size, false, __builtin_return_address(0));
}

const void *model_load_acquire(const volatile void *p, size_t size)
{
	return load(p, size, true, __builtin_return_address(0));
}

void sb_enter(struct mcpu *c, volatile void *p, u64 value, size_t size, bool release)
{
	struct sb_entry *e;

	MODEL_LIMIT(c->sb_nr == SB_SIZE, "more stores in a store buffer than SB_SIZE");
	e = &c->sb[(c->sb_head + c->sb_nr++) % SB_SIZE];

	race_enter((c->sb_head + c->sb_nr - 1) % SB_SIZE, release);
	e->p = (char *)p;
	e->size = (u8)size;
	e->value = value;
	e->unlock = false;
}

__attribute__((no_sanitize("address"))) u64 sb_value(struct mcpu *c, const u64 *p)
{
	const struct sb_entry *e = sb_find(c, p, sizeof(*p));

	return e ? e->value : *p;
}

static void store(volatile void *p, const void *value, size_t size, bool release, const void *pc)
{
	struct mcpu *c = this_mcpu();
	bool step = shared_access(p, true), buffered = step && has_buffer(machine.cpu);

	if (step && !buffered) {
		op_on(p, true);
		point(OP_STORE);
	} else if (buffered) {
		/* Other CPUs do not see it yet, but its drain is possible only from now on. */
		op_touches(point_begin(), sb_slot(machine.cpu, c->sb_head + c->sb_nr),
			   ACC_WRITE | ACC_AWAIT | ACC_WAKE);
		point(OP_STORE);
	}
	race_access(p, size, RACE_WRITE | RACE_MARKED, pc);
	if (buffered) {
		sb_enter(c, p, value_at(value, size), size, release);
		return;
	}
	race_store(p, release);
	__builtin_memcpy((void *)p, value, size);
}

void model_store(volatile void *p, const void *value, size_t size)
{
	store(p, value, size, false, __builtin_return_address(0));
}

void model_store_release(volatile void *p, const void *value, size_t size)
{
	store(p, value, size, true, __builtin_return_address(0));
}

void wait_for_drain(void)
{
	if (!this_mcpu()->sb_nr)
		return;
	op_awaits_buffer(point_begin());
	point(OP_FENCE);
}

void *__model_rmw(volatile void *p, size_t size)
{
	struct mcpu *c = this_mcpu();

	if (!shared_access(p, true)) {
		/* No step, but still a full barrier. */
		model_fence();
	} else {
		op_awaits_buffer(op_on(p, true));
		point(OP_RMW);
		note_seen(c, p, size, NULL);
	}
	race_access(p, size, RACE_WRITE | RACE_MARKED, __builtin_return_address(0));
	race_rmw(p);
	return (void *)p;
}

void model_fence(void)
{
	if (machine.observing)
		return;
	wait_for_drain();
	model_rmb();
	model_wmb();
}

void sb_drain_one(struct mcpu *c)
{
	struct sb_entry *e = &c->sb[c->sb_head];

	__builtin_memcpy(e->p, &e->value, e->size);
	race_drain((unsigned int)(c - machine.cpus), c->sb_head, e->p);
	c->sb_head = (c->sb_head + 1) % SB_SIZE;
	c->sb_nr--;
}
