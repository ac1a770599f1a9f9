/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

#include <kernel/linkset.h>
#include <mm/mm_types.h>

/*
 * A scenario: a few CPUs, a few steps each, and what must come out. One file each, named
 * <writer>_vs_<reader>.c, with the race drawn as a CPU0 | CPU1 table at its top.
 *
 *	setup()		on CPU 0, one thing after the other: makes mms and mappings, and says
 *			in which mm each actor runs (scenario_run_in())
 *	actor[i]()	on CPU i, all at once: this is what is explored
 *	end()		on no CPU, when all have come to rest: what must hold then
 *
 * Addresses are in units of the model's tables (two entries each), so use the names of
 * sizes: PMD_SIZE is what one PTE table spans, PUD_SIZE what one PMD table spans.
 */
#define SCENARIO_CPUS 4

/* What is expected of a search: no schedule is red, or some schedule is. */
enum expected { NEVER, SOMETIMES };

/**
 * struct scenario_case - a scenario under one choice of backend, policy and planted bug
 * @flush, @policy: by name; NULL: ipi, broadcast
 * @busted: a planted bug (DEFINE_BUSTED), or NULL
 * @expect: NEVER counts only if the search was complete
 * @oracle: SOMETIMES: the oracle whose verdict it must be, or NULL
 * @useful: a sync finds someone to wait for: in no schedule (NOT_USEFUL), in some (USEFUL)
 * @tso: with store buffers
 * @x2apic: an ICR write waits for no store
 * @fills: page walks that the hardware of each CPU may begin by itself
 * @tce: INVLPG leaves other paths' entries (AMD, EFER.TCE)
 * @invlpgb: the CPU offers INVLPGB
 * @ticks: timer interrupts for each CPU
 * @preemptions: times that the hypervisor may take each CPU away
 * @tlbsync_early: the first TLBSYNC may return too early (AMD erratum #1718)
 * @wake_lazy: unshare=wake-lazy
 * @eager_mask: mask=eager
 * @slow: not in the set that `make check` runs
 */
enum { NOT_ASKED, NOT_USEFUL, USEFUL };
struct scenario_case {
	const char *flush, *policy, *busted;
	enum expected expect;
	const char *oracle;
	int useful;
	bool tso, x2apic, tce, invlpgb, tlbsync_early, wake_lazy, eager_mask, slow;
	unsigned int fills, ticks, preemptions;
};
/* In a case: some schedule is red, by this oracle's verdict. */
#define RED_BY(name) .expect = SOMETIMES, .oracle = (name)

/**
 * struct scenario - registered by linker set
 * @cpus: how many, if more than have actors; the others idle
 * @nmis: it sends NMIs itself
 * @fill_va: where the hardware's own walks go
 * @fill_cpus: whose do; 0: everyone's
 * @preempt_cpus: those that the hypervisor preempts; 0: all
 * @cases: until one whose flush and policy and busted are all NULL
 */
struct scenario {
	const char *name;
	const char *help;
	void (*setup)(void);
	void (*actor[SCENARIO_CPUS])(void);
	void (*end)(void);
	unsigned int cpus;
	bool nmis;
	unsigned long fill_va;
	unsigned int fill_cpus, preempt_cpus;
	const struct scenario_case *cases;
};
LINKSET_DECLARE(scenario, const struct scenario);
#define SCENARIO(s) LINKSET_ADD(scenario, &(s))

/* In setup(): the actor of @cpu is a thread of @mm; without it, of none. */
void scenario_run_in(unsigned int cpu, struct mm_struct *mm);

/* In setup(), for a @cpu without an actor: it is idle, and has @mm loaded lazily. */
void scenario_idle_in(unsigned int cpu, struct mm_struct *mm);

/*
 * In setup(): that a page walker can still reach a table which its last owner changes as its
 * own is no verdict of the oracle hardware; that it reads one that is free, is.
 */
void scenario_only_freed_tables(void);

/* The thread that the actor of @cpu runs in. Not in setup(). */
struct task_struct *scenario_task(unsigned int cpu);

/* A condition that must hold; else this schedule is red. */
#define scenario_check(cond) __scenario_check((cond), #cond, __FILE__, __LINE__)
void __scenario_check(bool ok, const char *what, const char *file, int line);

#endif
