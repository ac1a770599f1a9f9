/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Store buffers, and PROC_DRAIN: the oldest store leaves its buffer at any time. A buffer is
 * FIFO; a load takes the newest entry for its word, else memory.
 */
#include "host.h"
#include "proc.h"
#include "race.h"
#include "store_buffer.h"

HW_STATE(struct store_buffer, store_buffer);

const struct sb_entry *sb_find(const struct mcpu *c, const volatile void *p, size_t size)
{
	const struct store_buffer *sb = sb_of(c);
	const char *a = (const char *)p;

	for (unsigned int i = sb->nr; i-- > 0;) {
		const struct sb_entry *e = sb_nth(sb, i);

		if (e->p == a && e->size == size)
			return e;
		/* Overlap in part: processors do not forward that, and no code here does it. */
		MODEL_LIMIT(e->p < a + size && a < e->p + e->size,
			    "a load overlaps a store of other bytes in the store buffer");
	}
	return NULL;
}

__attribute__((no_sanitize("address"))) u64 sb_value(struct mcpu *c, const u64 *p)
{
	const struct sb_entry *e = sb_find(c, p, sizeof(*p));

	return e ? e->value : *p;
}

uintptr_t sb_next_slot(unsigned int cpu)
{
	const struct store_buffer *sb = sb_of(&machine.cpus[cpu]);

	return sb_slot(cpu, sb->head + sb->nr);
}

void sb_enter(struct mcpu *c, volatile void *p, u64 value, size_t size, bool release)
{
	struct store_buffer *sb = sb_of(c);
	unsigned int slot = (sb->head + sb->nr) % SB_SIZE;

	MODEL_LIMIT(sb->nr++ == SB_SIZE, "more stores in a store buffer than SB_SIZE");
	race_enter(slot, release);
	sb->e[slot].p = (char *)p;
	sb->e[slot].size = (u8)size;
	sb->e[slot].value = value;
	sb->e[slot].unlock = false;
}

void sb_settle(struct mcpu *c)
{
	struct store_buffer *sb = sb_of(c);

	for (unsigned int i = sb->nr; i < SB_SIZE; i++)
		sb->e[(sb->head + i) % SB_SIZE] = (struct sb_entry){0};
}

static bool drain_enabled(unsigned int cpu)
{
	return sb_of(&machine.cpus[cpu])->nr;
}

static unsigned int drain_next(unsigned int cpu, struct model_acc *acc)
{
	const struct store_buffer *sb = sb_of(&machine.cpus[cpu]);
	const struct sb_entry *e = &sb->e[sb->head];
	unsigned int n = 0;

	if (sb->nr)
		n = add(acc, n, (uintptr_t)e->p & ~7UL, ACC_WRITE | (e->unlock ? ACC_WAKE : 0));
	n = add(acc, n, sb_slot(cpu, sb->head), ACC_WRITE | ACC_AWAIT);
	return add(acc, n, object(OBJ_BUFFER, cpu), ACC_WRITE | ACC_WAKE);
}

static void drain_step(unsigned int cpu)
{
	struct store_buffer *sb = sb_of(&machine.cpus[cpu]);
	struct sb_entry *e = &sb->e[sb->head];

	hw_event(cpu, EV_HW_DRAIN, (u64)e->p, 0, 0);
	__builtin_memcpy(e->p, &e->value, e->size);
	race_drain(cpu, sb->head, e->p);
	sb->head = (sb->head + 1) % SB_SIZE;
	sb->nr--;
}

PROC(drain, .kind = PROC_DRAIN, .name = "drain", .does = "drains a store",
     .choice = "store buffer");
