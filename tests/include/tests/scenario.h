/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

#include <kernel/linkset.h>
#include <tests/scenario_types.h>

struct mm_struct;

/*
 * A scenario: a few CPUs, a few steps each, and the expected result. One file each, named
 * <writer>_vs_<reader>.c, with the race drawn as a CPU0 | CPU1 table at its top.
 *
 *	setup()		on CPU 0, one thing after the other: makes mms and mappings, and says
 *			in which mm each actor runs (scenario_run_in())
 *	actor[i]()	on CPU i, all at once: this is what is explored
 *	end()		on no CPU, when all have come to rest: what must hold then
 *
 * <tests/scenario_types.h> says what else it can ask for, and what its cases are.
 *
 * Addresses are in units of the model's tables (two entries each), so use the names of
 * sizes: PMD_SIZE is what one PTE table spans, PUD_SIZE what one PMD table spans.
 */
LINKSET_DECLARE(scenario, const struct scenario);
#define SCENARIO(s) LINKSET_ADD(scenario, &(s))

/* In setup(): the actor of @cpu is a thread of @mm; without it, of none. */
void scenario_run_in(unsigned int cpu, struct mm_struct *mm);

/* In setup(), for a @cpu without an actor: it is idle, and has @mm loaded lazily. */
void scenario_idle_in(unsigned int cpu, struct mm_struct *mm);

/*
 * In setup(): the oracle hardware does not judge a page walker that can still reach a table
 * which its last owner changes as its own. It still judges one that reads a free table.
 */
void scenario_only_freed_tables(void);

/* The thread that the actor of @cpu runs in. Not in setup(). */
struct task_struct *scenario_task(unsigned int cpu);

/* A condition that must hold; else this schedule is red. */
#define scenario_check(cond) __scenario_check((cond), #cond, __FILE__, __LINE__)
void __scenario_check(bool ok, const char *what, const char *file, int line);

#endif
