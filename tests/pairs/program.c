/* SPDX-License-Identifier: GPL-2.0 */
/* A program as a scenario: its setup, its actors, and what is noted of them. */
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/barrier.h>
#include <asm/uaccess.h>
#include <model/machine.h>
#include <tests/scenario.h>
#include <tests/scenario_run.h>
#include "program.h"

static struct program program;

/* Of the CPU that runs, and read by others only when no CPU runs. */
static struct {
	unsigned int op; /* that runs */
	unsigned int parts; /* that have ended */
	bool idle; /* between operations */
	bool returned;
} at[PROGRAM_CPUS];

static unsigned long ended[PROGRAM_CPUS]; /* operations of each CPU; all CPUs read it */

void result(unsigned int i, u64 value)
{
	unsigned int cpu = raw_smp_processor_id();

	program_seen.result[cpu][at[cpu].op][i] = value;
}

void part_ends(void)
{
	at[raw_smp_processor_id()].parts++;
	if (as_if_running())
		model_gate();
}

/*
 * Which operations of other CPUs ended before this one begins: they precede it in the order that
 * its outcome is compared with.
 */
static void look_around(unsigned int cpu, unsigned int i)
{
	for (unsigned int other = 0; other < PROGRAM_CPUS; other++)
		if (other != cpu && program.op[other][0])
			program_seen.saw[cpu][i][other] =
				smp_load_acquire(&ended[other]); /* pairs with run() */
}

/* No operation has begun, or each that has has also ended: but for the one of @cpu. */
static bool alone(unsigned int cpu, unsigned int i, bool *first)
{
	*first = !i;
	for (unsigned int other = 0; other < PROGRAM_CPUS; other++) {
		if (other == cpu || !at[other].parts)
			continue;
		*first = false;
		if (!at[other].idle)
			return false;
	}
	return true;
}

DEFINE_BUSTED(pairs_says_first, "CPU1's operations say what they say before CPU0 begins");
DEFINE_BUSTED(pairs_only_says, "CPU1's operations say what they say alone, and do nothing");

bool program_says_first(void)
{
	return busted(pairs_says_first) || busted(pairs_only_says);
}

static void run_one(unsigned int cpu, unsigned int i)
{
	const struct op *op = program.op[cpu][i];
	bool first, looks = as_if_running() && alone(cpu, i, &first);

	at[cpu].op = i;
	at[cpu].idle = false;
	if (as_if_running())
		locks_begin(looks ? op : NULL);
	if (!busted(pairs_only_says) || cpu != 1 || as_if_running())
		op->run(op);
	if (looks)
		locks_end(first);
	at[cpu].idle = true;
}

static void run(unsigned int cpu)
{
	for (unsigned int i = 0; i < PROGRAM_OPS && program.op[cpu][i]; i++) {
		if (i)
			part_ends();
		look_around(cpu, i);
		run_one(cpu, i);
		smp_store_release(&ended[cpu], i + 1); /* pairs with look_around() */
	}
	at[cpu].parts++;
	at[cpu].returned = true;
}

static void run0(void)
{
	run(0);
}

static void run1(void)
{
	run(1);
}

static void run2(void)
{
	run(2);
}

static void (*const actors[PROGRAM_CPUS])(void) = {run0, run1, run2};

static void setup(void)
{
	bury_setup();
	world_setup();
	for (unsigned int cpu = 0; cpu < PROGRAM_CPUS; cpu++)
		if (program.op[cpu][0] && program_mm(&program, cpu) != NO_MM)
			scenario_run_in(cpu, world_mm[program_mm(&program, cpu)]);
}

/* Before the program begins: what a thread loads and stores is in the TLB of its CPU. */
static void warm(unsigned int cpu)
{
	u64 v;

	for (unsigned int i = 0; i < PROGRAM_OPS && program.op[cpu][i]; i++)
		if (program.op[cpu][i]->user)
			scenario_check(!get_user_u64(&v, program.op[cpu][i]->addr) || true);
}

bool program_is(const struct scenario *s)
{
	return s->setup == setup;
}

void program_select(const struct scenario *s)
{
	BUG_ON(program_parse(s->name, &program));
}

const char *program_make(const char *name, struct scenario *s)
{
	const char *wrong = program_parse(name, &program);

	if (wrong)
		return wrong;
	*s = (struct scenario){.name = name, .setup = setup, .warm = warm};
	s->cases = program_cases_no_reuse;
	for (unsigned int cpu = 0; cpu < PROGRAM_CPUS && program.op[cpu][0]; cpu++) {
		s->actor[cpu] = actors[cpu];
		for (unsigned int i = 0; i < PROGRAM_OPS && program.op[cpu][i]; i++) {
			s->nmis |= program.op[cpu][i]->nmis;
			if (program.op[cpu][i]->reuses)
				s->cases = program_cases;
			if (!s->fill_va)
				s->fill_va = program.op[cpu][i]->addr;
		}
	}
	return NULL;
}

unsigned int program_cpus(void)
{
	unsigned int n = 0;

	while (n < PROGRAM_CPUS && program.op[n][0])
		n++;
	return n;
}

const char *program_op(unsigned int cpu, unsigned int i)
{
	return program.op[cpu][i] ? program.op[cpu][i]->name : NULL;
}

unsigned int program_parts(unsigned int cpu)
{
	return at[cpu].parts;
}

bool program_returned(unsigned int cpu)
{
	return at[cpu].returned;
}
