/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_STORE_BUFFER_H
#define MODEL_STORE_BUFFER_H

#include "model.h"

#define SB_SIZE 8
NO_PADDING_BEGIN
struct sb_entry {
	char *p;
	u64 value;
	u8 size;
	bool unlock; /* spin_unlock(): a step that awaits this word cannot run before the drain */
	u8 unused[6];
};
NO_PADDING_END
struct store_buffer {
	unsigned int head, nr; /* FIFO: [head, head + nr) modulo SB_SIZE */
	struct sb_entry e[SB_SIZE];
};
extern struct store_buffer store_buffer;

static inline struct store_buffer *sb_of(const struct mcpu *c)
{
	return hw_state(store_buffer, c);
}

static inline const struct sb_entry *sb_nth(const struct store_buffer *sb, unsigned int n)
{
	return &sb->e[(sb->head + n) % SB_SIZE]; /* the oldest is number 0 */
}

static inline bool has_buffer(unsigned int cpu)
{
	return model_times(PROC_DRAIN, cpu);
}

/* A locked operation, a fence and an xAPIC write wait until all stores have drained. */
static inline void op_awaits_buffer(struct op *op)
{
	if (has_buffer(machine.cpu))
		op_touches(op, object(OBJ_BUFFER, machine.cpu), ACC_READ | ACC_AWAIT);
}

/* One place in a store buffer: filled by one step, drained by another. */
static inline uintptr_t sb_slot(unsigned int cpu, unsigned int slot)
{
	return object(OBJ_SLOT, cpu) | (uintptr_t)(slot % SB_SIZE) << 4;
}
uintptr_t sb_next_slot(unsigned int cpu); /* which its next store will take */

/* The newest store to these bytes, or NULL. */
const struct sb_entry *sb_find(const struct mcpu *c, const volatile void *p, size_t size);
/* The buffer must have room. @release: a store-release, for the race detector. */
void sb_enter(struct mcpu *c, volatile void *p, u64 value, size_t size, bool release);
void sb_settle(struct mcpu *c); /* clear entries that are not in use */
u64 sb_value(struct mcpu *c, const u64 *p); /* its newest buffered store, else memory */

#endif
