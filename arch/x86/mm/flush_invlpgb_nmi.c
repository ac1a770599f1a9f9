/* SPDX-License-Identifier: GPL-2.0 */
/*
 * invlpgb-nmi: what INVLPGB and TLBSYNC do to other CPUs, done with an NMI where the
 * instructions are missing. It reaches a CPU whatever its IF, in the middle of a walk,
 * and the caller waits for the TLB to be clean, not for the walk to end. For correctness
 * only: its cost says nothing about INVLPGB's.
 *
 *	flusher					target
 *	  clear entry (the caller)		  NMI:
 *	  ++epoch			[E]	    e = epoch		[E]
 *	  NMI to all of the mask		    write CR3
 *	  wait for done >= own epoch	[D]	    done = e		[D]
 *
 * [E] full barrier (RMW) against the load: an NMI handler that reads our epoch, or a later
 * one, also sees our cleared entry. [D] the CR3 write is serialising, and is over before
 * the store is visible. An NMI that arrives while one is handled stays latched, so some
 * handler reads the epoch after every send.
 *
 * The claim: waits for no walker, unless there was no other CPU to reach.
 */
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/smp.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>
#include <asm/percpu.h>
#include <asm/smp.h>
#include <asm/tlbflush.h>

static atomic64_t nmi_flush_epoch;
static DEFINE_PER_CPU_ALIGNED(u64, nmi_flush_done); /* own CPU in NMI writes, all read */

static void nmi_flush(struct pt_regs *regs, bool irqs_on)
{
	u64 epoch = (u64)atomic64_read(&nmi_flush_epoch); /* [E] */

	if (this_cpu_read(nmi_flush_done) == epoch)
		return;
	insn_write_cr3(insn_read_cr3());
	observe(NMI_FLUSH, epoch, irqs_on, 0);
	smp_store_release(this_cpu_ptr(&nmi_flush_done), epoch); /* [D] */
}
NMI_HANDLER(nmi_flush);

struct flush_claim nmi_flush_tlb_multi(const struct cpumask *mask,
				       const struct flush_tlb_info *info)
{
	unsigned int self = (unsigned int)raw_smp_processor_id(), cpu;
	struct cpumask others;
	s64 epoch;

	cpumask_copy(&others, mask);
	__cpumask_clear_cpu(self, &others);
	sync_point(SITE_IPI, SYNC_WRITE, &nmi_flush_epoch);
	epoch = atomic64_inc_return(&nmi_flush_epoch); /* [E] */
	arch_send_nmi_mask(&others);
	if (cpumask_test_cpu(self, mask))
		tlb_flush_local(info);
	for_each_cpu (cpu, &others) {
		struct watchdog_wait w = {0};

		while ((s64)smp_load_acquire(&per_cpu(nmi_flush_done, cpu)) < epoch) /* [D] */
			watchdog_spin(&w, "flush by NMI", (int)cpu);
	}
	return (struct flush_claim){.waited = cpumask_empty(&others)};
}

static const struct flush_backend invlpgb_nmi = {
	.name = "invlpgb-nmi",
	.help = "an NMI flushes and waits for no walker: INVLPGB's meaning, not its cost",
	.waits = FLUSH_WAITS_NEVER,
	.flush_multi = nmi_flush_tlb_multi,
};
FLUSH_BACKEND(invlpgb_nmi);
