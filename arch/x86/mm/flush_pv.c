/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pv: KVM's paravirtual flush. A vCPU that is preempted is not interrupted, which would wait
 * until its host lets it run again; the host is asked to flush its TLB before it does. All
 * others take the native IPI.
 *
 *	CPU0 walker, a vCPU		CPU1 flusher
 *	read PMD
 *	(preempted by the host)
 *					clear PMD; CPU0 is left out; flush returns
 *					free, deposit or reuse the table
 *	(host flushes the TLB)
 *	read PTE in the table
 *
 * The claim: waited only if no vCPU was left out and the native flush says so of the rest. A vCPU
 * that was left out executes nothing before its TLB is flushed. But it may be in the middle of
 * a walk, and goes on with the pointers that it has in registers.
 *
 * The state of a vCPU that was left out is behind, which is safe. Its ctxs[].tlb_gen has not
 * moved, so the next flush that interrupts it flushes everything once more. A handler would have
 * taken it out of mm_cpumask; it stays there. A handler would have switched a lazy CPU to
 * init_mm; it stays lazy with the mm loaded. When it runs on, its TLB is empty, and the table was
 * unhooked before, so its page walker cannot reach the table. In the middle of a switch (SWITCHING,
 * an old tlb_gen already read) it loads CR3 after the flush: the TLB has nothing older then.
 *
 * Source: Linux kvm_flush_tlb_multi(). The protocol and its barriers: <asm/pv.h>.
 */
#include <kernel/event.h>
#include <kernel/smp.h>
#include <asm/pv.h>
#include <asm/tlbflush.h>
#include <mm/mm_types.h>
#include "flush_pv.h"

static struct flush_claim pv_flush_tlb_multi(const struct cpumask *mask,
					     const struct flush_tlb_info *info)
{
	unsigned int self = (unsigned int)raw_smp_processor_id(), cpu;
	struct flush_claim claim;
	bool left_out = false;
	struct cpumask rest;

	cpumask_copy(&rest, mask);
	for_each_cpu (cpu, &rest) {
		/* The caller raised tlb_gen, a full barrier, after the entries were changed. */
		if (cpu == self || !pv_defer_flush(cpu))
			continue;
		observe(VCPU_LEFT_OUT, cpu, info->mm ? info->mm->context.ctx_id : 0,
			info->new_tlb_gen);
		__cpumask_clear_cpu(cpu, &rest);
		left_out = true;
	}
	claim = native_flush_tlb_multi(&rest, info);
	claim.waited = claim.waited && !left_out;
	return claim;
}

static const struct flush_backend pv = {
	.name = "pv",
	.help = "KVM's: a preempted vCPU is left out, and flushes when it resumes",
	.waits = FLUSH_WAITS_SOMETIMES,
	.available = pv_unavailable,
	.note = pv_note,
	.flush_multi = pv_flush_tlb_multi,
};
FLUSH_BACKEND(pv);
