/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loads, stores, locked operations, and the store buffers behind them (x86-TSO: Owens,
 * Sarkar, Sewell 2009; SDM vol. 3A 9.2.2; APM vol. 2 7.2). A buffer is FIFO; a load takes
 * the newest entry for its word, else memory; a locked operation waits until it is empty.
 */
#include "host.h"
#include "model.h"
#include "race.h"
#include "store_buffer.h"
#include <model/access.h>
#include <kernel/bug.h>
#include <asm/insn.h>

/* It also reads free frames, as hardware may: no verdict of ASan. */
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
	struct seen *s;

	if (machine.loops_read_one)
		c->nr_seen = c->next_seen = 0;
	s = &c->seen[c->next_seen++ % MAX_SEEN];
	s->p = (const char *)p;
	s->value = value_at(p, size);
	s->forwarded = e;
	s->slot = e ? (u8)(e - sb_of(c)->e) : 0;
	s->size = (u8)size;
	if (c->nr_seen < MAX_SEEN)
		c->nr_seen++;
}

void model_loops_read_one(void)
{
	machine.loops_read_one = true;
}

unsigned int seen_slot(const struct mcpu *c, const struct seen *s)
{
	const struct sb_entry *e = sb_find(c, s->p, s->size);

	return e ? (unsigned int)(e - sb_of(c)->e)
		 : s->slot; /* stored to again since, or drained */
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

static void store(volatile void *p, const void *value, size_t size, bool release, const void *pc)
{
	struct mcpu *c = this_mcpu();
	bool step = shared_access(p, true), buffered = step && has_buffer(machine.cpu);

	if (step && !buffered) {
		op_on(p, true);
		point(OP_STORE);
	} else if (buffered) {
		/* Other CPUs do not see it yet, but its drain is possible only from now on. */
		op_touches(point_begin(), sb_next_slot(machine.cpu),
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
	if (!sb_of(this_mcpu())->nr)
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
