/* SPDX-License-Identifier: GPL-2.0 */
/* A state as a number: of memory, and of CPUs. Equal states have equal numbers. */
#include "model.h"
#include "store_buffer.h"
#include <asm/percpu.h>

static u64 mix(u64 h, u64 v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 32;
}

static u64 hash(u64 h, const char *p, size_t size)
{
	u64 word;

	for (; size >= sizeof(word); size -= sizeof(word), p += sizeof(word)) {
		__builtin_memcpy(&word, p, sizeof(word));
		h = mix(h, word);
	}
	for (; size; size--)
		h = mix(h, (u8)*p++);
	return h;
}

static u64 hash_line(const struct line *l)
{
	size_t dead = stack_dead(l->at, l->size), size = l->size - dead;

	if (!__builtin_memcmp(l->at + dead, l->was + dead, size))
		return 0;
	return hash((u64)l->at, l->at + dead, size);
}

/*
 * A sum over the lines that differ from the snapshot: it stays the same when more lines become
 * known. Without the unused parts of stacks, which are never read. Some bytes of the used parts
 * are never read either, and differ: compare stacks as well, see model_careful().
 */
static u64 hash_lines(void)
{
	u64 h = model_cpu_off;

	for (unsigned int i = 0; i < nr_known_lines; i++)
		h += hash_line(&known_lines[i]);
	return h;
}

u64 model_image(void)
{
	lines_note();
	lines_compare();
	return hash_lines();
}

/* What is over or empty leaves nothing behind by which equal states would differ. */
static void settle(struct mcpu *c)
{
	struct seen seen[MAX_SEEN];
	unsigned int oldest = c->next_seen - c->nr_seen;

	for (unsigned int i = 0; i < MAX_SEEN; i++)
		seen[i] = i < c->nr_seen ? c->seen[(oldest + i) % MAX_SEEN] : (struct seen){0};
	__builtin_memcpy(c->seen, seen, sizeof(seen));
	c->next_seen = c->nr_seen;
	for (unsigned int i = c->op.nr; i < MAX_ACC; i++)
		c->op.acc[i] = (struct model_acc){0};
	tlb_settle(c);
	sb_settle(c);
	invlpgb_settle(c);
}

u64 model_state(void)
{
	u64 steps = machine.steps, h;

	look_at_times();
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		settle(&machine.cpus[cpu]);
	stacks_settle();
	/* Whichever CPU took the last step: the next one begins by saying whose it is. */
	machine.cpu = 0;
	model_cpu_off = __per_cpu_offset[0];
	machine.steps = 0;
	h = hash_lines();
	machine.steps = steps;
	return h;
}

/* Without ACC_TURN: a step announced during a page walk keeps the flag when the walk has ended. */
u64 model_cpu_state(void)
{
	u64 h = 0;

	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++) {
		static struct mcpu c;

		c = machine.cpus[cpu];
		for (unsigned int i = 0; i < MAX_ACC; i++)
			c.op.acc[i].rw &= ~(u64)ACC_TURN;
		h = hash(h, (const char *)&c, sizeof(c));
	}
	return h;
}
