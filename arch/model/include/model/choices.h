/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_CHOICES_H
#define MODEL_CHOICES_H

#include <kernel/types.h>

#define MODEL_MAX_CPUS 4

enum model_proc_kind {
	PROC_CPU, /* its next step */
	PROC_IRQ, /* it takes the most urgent pending interrupt */
	PROC_NMI, /* it takes an NMI */
	PROC_DRAIN, /* the oldest store leaves its store buffer */
	PROC_TICK, /* its timer fires */
	PROC_FILL, /* its page-table hardware takes a step of a speculative walk */
	PROC_INVLPGB, /* one CPU carries out the oldest INVLPGB of this CPU */
	PROC_HYPERVISOR, /* it is preempted, or resumed */
	NR_PROC_KINDS
};
#define MODEL_MAX_PROCS (NR_PROC_KINDS * MODEL_MAX_CPUS)

static inline unsigned int model_proc(enum model_proc_kind kind, unsigned int cpu)
{
	return (unsigned int)kind * MODEL_MAX_CPUS + cpu;
}

/* The search may choose it @times on each CPU in the mask @cpus; 0 @cpus: on each; 0 @times: never. */
struct model_choice {
	unsigned int times, cpus;
};

/**
 * struct model_config - the hardware choices of a run
 * @choice: of each kind of process, but PROC_CPU:
 *	PROC_IRQ	0: interrupts and NMIs come only where the CPU waits: HLT, PAUSE, a lock,
 *			TLBSYNC
 *	PROC_NMI	NMIs may be sent
 *	PROC_DRAIN	x86-TSO; 0: no store buffer, sequentially consistent
 *	PROC_TICK	timer interrupts
 *	PROC_FILL	speculative walks of the page-table hardware, which translate @fill_va
 *	PROC_INVLPGB	0: all CPUs carry this CPU's INVLPGB out in the step of the instruction
 *	PROC_HYPERVISOR	the hypervisor preempts the CPU
 * @x2apic: an ICR write is a WRMSR that waits for nothing; off: a UC store, behind all others
 * @tce: INVLPG drops only those paging-structure entries that lead to the page (AMD,
 *       EFER.TCE=1, APM vol. 2 5.5.3); off: all of them (SDM vol. 3A 4.10.4.1)
 * @invlpgb: CPUID offers INVLPGB and PCID
 * @invlpgb_max: pages that one INVLPGB can name
 * @tlbsync_early: the first TLBSYNC may return with one INVLPGB outstanding (AMD erratum #1718)
 * @no_lockdep: a lockdep_assert_*() that fails is no verdict
 */
struct model_config {
	unsigned int cpus;
	struct model_choice choice[NR_PROC_KINDS];
	unsigned long fill_va;
	bool x2apic, tce;
	bool invlpgb, tlbsync_early;
	unsigned int invlpgb_max;
	bool no_lockdep;
};
extern struct model_config model_config;

/* Has this run the choice? How often has @cpu it? */
static inline unsigned int model_has(enum model_proc_kind kind)
{
	return model_config.choice[kind].times;
}

static inline unsigned int model_times(enum model_proc_kind kind, unsigned int cpu)
{
	const struct model_choice *c = &model_config.choice[kind];

	return !c->cpus || c->cpus >> cpu & 1 ? c->times : 0;
}

#endif
