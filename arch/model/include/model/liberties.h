/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_LIBERTIES_H
#define MODEL_LIBERTIES_H

#include <kernel/types.h>

/**
 * struct model_config - liberties of a run: what the hardware may choose
 * @store_buffers: x86-TSO; off: sequentially consistent
 * @x2apic: an ICR write is a WRMSR that waits for nothing; off: a UC store, behind all others
 * @nmis: NMIs may be sent
 * @ticks: timer interrupts that each CPU may get
 * @fills: speculative walks of the page-table hardware, for each CPU; 0: none
 * @fill_cpus: of these CPUs; 0: of all
 * @fill_va: the address that they translate
 * @tce: INVLPG drops only those paging-structure entries that lead to the page (AMD,
 *       EFER.TCE=1, APM vol. 2 5.5.3); off: all of them (SDM vol. 3A 4.10.4.1)
 * @invlpgb: CPUID offers INVLPGB and PCID
 * @invlpgb_max: pages that one INVLPGB can name
 * @tlbsync_early: the first TLBSYNC may return with one INVLPGB outstanding (AMD erratum #1718)
 * @preemptions: times that the hypervisor may preempt a CPU, for each CPU
 * @preempt_cpus: of these CPUs; 0: of all
 * @no_lockdep: a lockdep_assert_*() that fails is no verdict
 *
 * And masks of CPUs that lack a liberty of the run, to find out whether a failure needs it:
 * @no_store_buffer: they have none
 * @no_ticks: their timer does not fire
 * @wait_for_irqs: they take interrupts and NMIs only where they wait: HLT, PAUSE, a lock, TLBSYNC
 * @invlpgb_at_once: all CPUs carry their INVLPGB out in the step of the instruction
 */
struct model_config {
	unsigned int cpus;
	bool store_buffers;
	bool x2apic;
	bool nmis;
	unsigned int ticks;
	unsigned int fills;
	unsigned int fill_cpus;
	bool tce;
	unsigned long fill_va;
	bool invlpgb;
	unsigned int invlpgb_max;
	bool tlbsync_early;
	unsigned int preemptions;
	unsigned int preempt_cpus;
	bool no_lockdep;
	unsigned int no_store_buffer, no_ticks, wait_for_irqs, invlpgb_at_once;
};
extern struct model_config model_config;

#endif
