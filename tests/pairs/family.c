/* SPDX-License-Identifier: GPL-2.0 */
/* The families of programs. */
#include <kernel/rand.h>
#include <kernel/string.h>
#include "program.h"

static bool (*take)(const char *name);

/* Return: false, no more are wanted. */
static bool offer(const struct program *p)
{
	char name[PROGRAM_NAME];

	if (program_invalid(p))
		return true;
	program_spell(p, name);
	return take(name);
}

static void pairs(u64 seed, bool (*fn)(const char *name))
{
	struct program p = {0};

	take = fn;
	for (unsigned int i = 0; (p.op[0][0] = op_nth(i)); i++)
		for (unsigned int j = i; (p.op[1][0] = op_nth(j)); j++)
			if (!offer(&p))
				return;
}

#define MAX_OPS 128
static const struct op *ops[MAX_OPS];
static unsigned int nr_ops;
static struct rand rnd;

static void begin(u64 seed, bool (*fn)(const char *name))
{
	take = fn;
	rnd.s = seed * 0x9e3779b97f4a7c15ULL | 1;
	for (nr_ops = 0; nr_ops < MAX_OPS && (ops[nr_ops] = op_nth(nr_ops)); nr_ops++)
		;
}

static unsigned int any(void)
{
	return rand_below(&rnd, nr_ops);
}

/* Of two CPUs that are exchanged one order: that of their first operations' names. */
static bool in_order(unsigned int a, unsigned int b)
{
	return a <= b;
}

static void thirds(u64 seed, bool (*fn)(const char *name))
{
	struct program p = {0};

	begin(seed, fn);
	for (;;) {
		unsigned int a = any(), b = any(), c = any();

		if (!in_order(a, b) || !ops[c]->only_reads || (ops[b]->only_reads && c < b))
			continue;
		p.op[0][0] = ops[a];
		p.op[1][0] = ops[b];
		p.op[2][0] = ops[c];
		if (!offer(&p))
			return;
	}
}

static void rows_against(unsigned int nr, u64 seed, bool (*fn)(const char *name))
{
	struct program p = {0};

	begin(seed, fn);
	do {
		p.op[0][0] = ops[any()];
		p.op[0][1] = ops[any()];
		p.op[1][0] = ops[any()];
		p.op[1][1] = nr == 2 ? ops[any()] : NULL;
	} while (offer(&p));
}

static void rows(u64 seed, bool (*fn)(const char *name))
{
	rows_against(1, seed, fn);
}

static void rows2(u64 seed, bool (*fn)(const char *name))
{
	rows_against(2, seed, fn);
}

const struct program_family program_families[] = {
	{"pairs", "every pair of operations, on two CPUs", pairs},
	{"thirds", "a pair, and a third CPU that walks, loads or stores: by seed", thirds},
	{"rows", "two operations in a row against one: by seed", rows},
	{"rows2", "two operations in a row against two: by seed", rows2},
	{},
};
