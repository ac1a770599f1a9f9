/* SPDX-License-Identifier: GPL-2.0 */
/* Programs and their names, and which programs make sense. */
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include "program.h"

const struct op *op_nth(unsigned int n)
{
	return linkset_nth(op, n);
}

static const struct op *op_called(const char *name, size_t length)
{
	linkset_for_each (op, o)
		if (strlen(o->name) == length && !strncmp(o->name, name, length))
			return o;
	return NULL;
}

static size_t word_length(const char *text)
{
	size_t n = 0;

	while (text[n] && text[n] != ':' && text[n] != ',')
		n++;
	return n;
}

const char *program_parse(const char *name, struct program *p)
{
	unsigned int cpu = 0, i = 0;

	memset(p, 0, sizeof(*p));
	if (strlen(name) >= PROGRAM_NAME)
		return "a name that is too long";
	for (;;) {
		size_t n = word_length(name);

		if (cpu == PROGRAM_CPUS || i == PROGRAM_OPS)
			return "too many CPUs, or operations of one";
		p->op[cpu][i] = op_called(name, n);
		if (!p->op[cpu][i])
			return "an unknown operation";
		name += n;
		if (!*name)
			return program_invalid(p);
		i++;
		if (*name++ == ':') {
			cpu++;
			i = 0;
		}
	}
}

void program_spell(const struct program *p, char *name)
{
	size_t n = 0;

	name[0] = '\0';
	for (unsigned int cpu = 0; cpu < PROGRAM_CPUS && p->op[cpu][0]; cpu++)
		for (unsigned int i = 0; i < PROGRAM_OPS && p->op[cpu][i]; i++) {
			n += (size_t)snprintf(name + n, PROGRAM_NAME - n, "%s%s",
					      i	    ? ","
					      : cpu ? ":"
						    : "",
					      p->op[cpu][i]->name);
			BUG_ON(n >= PROGRAM_NAME);
		}
}

unsigned int program_mm(const struct program *p, unsigned int cpu)
{
	for (unsigned int i = 0; i < PROGRAM_OPS && p->op[cpu][i]; i++)
		if (p->op[cpu][i]->in != NO_MM)
			return p->op[cpu][i]->in;
	return NO_MM;
}

static unsigned int given(const struct op *o)
{
	return o->on | (o->in == NO_MM ? 0 : BIT(o->in));
}

/* Of the operations up to (@cpu, @i) and those on other CPUs: is one given an mm that @o ends? */
static bool uses_ended(const struct program *p, const struct op *o)
{
	unsigned int others = 0, same = 0;

	for (unsigned int cpu = 0; cpu < PROGRAM_CPUS; cpu++)
		for (unsigned int i = 0; i < PROGRAM_OPS && p->op[cpu][i]; i++) {
			if (p->op[cpu][i] == o)
				same++;
			else
				others |= given(p->op[cpu][i]);
		}
	return o->ends && (same > 1 || o->ends & others);
}

const char *program_invalid(const struct program *p)
{
	if (!p->op[0][0] || !p->op[1][0])
		return "a program has two CPUs or more";
	for (unsigned int cpu = 0; cpu < PROGRAM_CPUS; cpu++)
		for (unsigned int i = 0; i < PROGRAM_OPS && p->op[cpu][i]; i++) {
			const struct op *o = p->op[cpu][i];

			if (o->in != NO_MM && o->in != program_mm(p, cpu))
				return "a thread is of one mm";
			if (uses_ended(p, o))
				return "an operation is given an mm that another one ends";
		}
	return NULL;
}
