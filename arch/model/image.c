/* SPDX-License-Identifier: GPL-2.0 */
/* A state as a number: of memory, and of CPUs. Equal states have equal numbers. */
#include "model.h"
#include <asm/percpu.h>

static u64 hash(u64 h, const void *from, size_t size)
{
	const u8 *p = from;

	for (size_t i = 0; i < size; i++) {
		h = (h ^ p[i]) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 32;
	}
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
u64 model_image(void)
{
	u64 h = model_cpu_off;

	lines_note();
	lines_compare();
	for (unsigned int i = 0; i < nr_known_lines; i++)
		h += hash_line(&known_lines[i]);
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
		h = hash(h, &c, sizeof(c));
	}
	return h;
}
