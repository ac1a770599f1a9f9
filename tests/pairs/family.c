/* SPDX-License-Identifier: GPL-2.0 */
/* The families of programs, and the cases that are explored of each program. */
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

const struct program_family program_families[] = {
	{"pairs", "every pair of operations, on two CPUs", pairs},
	{},
};

const struct scenario_case program_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{},
};
