/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_TYPES_H
#define TESTS_SCENARIO_TYPES_H

#include <kernel/types.h>

/*
 * Scenarios and their cases as data. The explorer includes this too: an ordinary program, which
 * cannot include the kernel's <kernel/compiler.h>. Scenarios include <tests/scenario.h>.
 */
#define SCENARIO_CPUS 4

/* What is expected of a search: no schedule is red, or some schedule is. */
enum expected { NEVER, SOMETIMES };

/**
 * struct scenario_case - a scenario under one choice of backend, policy and planted bug
 * @flush, @policy: by name; NULL: ipi, broadcast
 * @busted: a planted bug (DEFINE_BUSTED), or NULL
 * @expect: NEVER counts only if the search was complete
 * @oracle: SOMETIMES: the oracle whose verdict it must be, or NULL; "race": the data-race
 *          detector's, "sanitizer": AddressSanitizer's or UBSan's report, which ends the
 *          search; each in the build that has it, and in no other
 * @race: the two accesses of the data race that it must be, or may be as well, in either order:
 *        "plain read, FUNCTION"; no other race counts for this case, whatever it expects
 * @useful: a sync finds a walker to wait for: in no schedule (NOT_USEFUL), in some (USEFUL)
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
 * @trim: the first flush of an mm also goes to CPUs that have left it; off: none does
 * @judge: the one oracle that judges; NULL: all, and whether functions are called in the context
 *         that they assert ("lockdep")
 * @bound: the search is of schedules with at most so many preemptions, and is not complete: its end
 *         is taken for what is expected, and the result says so; 0: no bound
 * @slow: takes seconds: `make explore-all` and `make check` run it, `make explore` if asked by name
 */
enum { NOT_ASKED, NOT_USEFUL, USEFUL };
struct scenario_case {
	const char *flush, *policy, *busted;
	enum expected expect;
	const char *oracle;
	const char *race[2];
	int useful;
	bool tso, x2apic, tce, invlpgb, tlbsync_early, wake_lazy, eager_mask, trim, slow;
	unsigned int fills, ticks, preemptions, bound;
	const char *judge;
};
/* In a case: some schedule is red, by this oracle's verdict. */
#define RED_BY(name)	      .expect = SOMETIMES, .oracle = (name)
#define RED_BY_RACE(one, two) RED_BY("race"), .race = {(one), (two)}

/**
 * struct scenario - registered by linker set
 * @setup: NULL: there is nothing to set up
 * @warm: NULL, or called by the thread of each actor, in its mm, before exploring begins
 * @cpus: how many, if more than have actors; the others idle
 * @nmis: it sends NMIs itself
 * @fill_va: where the hardware's own walks go
 * @fill_cpus: the CPUs whose hardware walks; 0: all
 * @preempt_cpus: those that the hypervisor preempts; 0: all
 * @cases: the list ends with a case in which flush, policy and busted are NULL
 */
struct scenario {
	const char *name;
	const char *help;
	void (*setup)(void);
	void (*warm)(unsigned int cpu);
	void (*actor[SCENARIO_CPUS])(void);
	void (*end)(void);
	unsigned int cpus;
	bool nmis;
	unsigned long fill_va;
	unsigned int fill_cpus, preempt_cpus;
	const struct scenario_case *cases;
};

#endif
