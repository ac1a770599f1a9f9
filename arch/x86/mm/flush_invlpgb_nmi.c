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
 *	  NMI to each CPU			    drop everything
 *	  wait for done >= own epoch	[D]	    done = e		[D]
 *
 * [E] full barrier (RMW) against the load: an NMI handler that reads our epoch, or a later
 * one, also sees our cleared entry. [D] the instruction that flushes is serialising, and is over
 * before the store is visible. An NMI that arrives while one is handled stays latched, so some
 * handler reads the epoch after every send.
 *
 * Everything is dropped, of all ASIDs: the NMI may have come between a switch's look at
 * tlb_gen and its write to CR3, which keeps what the CPU has.
 *
 * Which CPUs: a real broadcast reaches all. With PCIDs this one must, too: translations under an
 * ASID stay cached when another one is loaded, and a CPU leaves mm_cpumask without dropping
 * them. Without PCIDs a CPU caches only the mm that is loaded, and then it is in the mask.
 *
 * The claim: waits for no walker, unless there was no other CPU to reach.
 */
#include <kernel/busted.h>
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>
#include <asm/percpu.h>
#include <asm/smp.h>
#include "tlb.h"

DEFINE_BUSTED(nmi_epoch_late, "the NMI acknowledges an epoch that it reads after its flush");

static atomic64_t nmi_flush_epoch;
static DEFINE_PER_CPU_ALIGNED(u64, nmi_flush_done); /* own CPU in NMI writes, all read */

static void flush_here(u64 epoch, bool irqs_on)
{
	flush_all_asids();
	observe(NMI_FLUSH, epoch, irqs_on, 0);
}

static void nmi_flush(struct pt_regs *regs, bool irqs_on)
{
	u64 epoch = (u64)atomic64_read(&nmi_flush_epoch); /* [E] */

	if (this_cpu_read(nmi_flush_done) == epoch)
		return;
	flush_here(epoch, irqs_on);
	if (busted(nmi_epoch_late))
		epoch = (u64)atomic64_read(&nmi_flush_epoch);
	shared_store_release(SITE_IPI, this_cpu_ptr(&nmi_flush_done), epoch); /* [D] */
}
NMI_HANDLER(nmi_flush);

/* Sets @others to @mask without this CPU, and sends them the NMI. */
static s64 nmi_flush_begin(const struct cpumask *mask, struct cpumask *others)
{
	s64 epoch;

	cpumask_copy(others, mask);
	__cpumask_clear_cpu((unsigned int)raw_smp_processor_id(), others);
	epoch = shared_rmw(SITE_IPI, &nmi_flush_epoch, atomic64_inc_return(PTR)); /* [E] */
	observe(NMI_SEND, epoch, cpumask_weight(others), 0);
	arch_send_nmi_mask(others);
	return epoch;
}

static void nmi_flush_wait(const struct cpumask *others, s64 epoch)
{
	unsigned int cpu;

	for_each_cpu (cpu, others) {
		const u64 *done = per_cpu_ptr(&nmi_flush_done, cpu);
		struct watchdog_wait w = {0};

		sync_point(SITE_IPI, SYNC_READ, done);
		while ((s64)smp_load_acquire(done) < epoch) { /* [D] */
			sync_point(SITE_IPI, SYNC_AWAIT, done);
			watchdog_spin(&w, "flush by NMI", (int)cpu);
		}
	}
}

struct flush_claim nmi_flush_tlb_multi(const struct cpumask *mask,
				       const struct flush_tlb_info *info)
{
	struct cpumask others;
	s64 epoch = nmi_flush_begin(mask, &others);

	if (cpumask_test_cpu((unsigned int)raw_smp_processor_id(), mask))
		tlb_flush_local(info);
	nmi_flush_wait(&others, epoch);
	return (struct flush_claim){.waited = cpumask_empty(&others)};
}

/* Drops everything, of all ASIDs, on all CPUs of @mask. */
static void nmi_flush_mask(const struct cpumask *mask)
{
	struct cpumask others;
	s64 epoch = nmi_flush_begin(mask, &others);

	if (cpumask_test_cpu((unsigned int)raw_smp_processor_id(), mask))
		flush_here((u64)epoch, true);
	nmi_flush_wait(&others, epoch);
}

static void nmi_broadcast(const struct flush_tlb_info *info, u16 asid)
{
	/* Everything is done at the sync: INVLPGB may take effect as late as that. */
}

static void nmi_broadcast_sync(const struct flush_tlb_info *info)
{
	nmi_flush_mask(keeps_unloaded_asids() ? &cpu_online_mask : mm_cpumask(info->mm));
}

static void nmi_broadcast_all(void)
{
	preempt_disable();
	nmi_flush_mask(&cpu_online_mask);
	observe(BROADCAST_ALL, 0, 0, 0);
	preempt_enable();
}

static struct flush_claim invlpgb_nmi_flush_multi(const struct cpumask *mask,
						  const struct flush_tlb_info *info)
{
	/* With asid=born this can only be an mm that is older than the choice of this backend. */
	return asid_mode == ASID_BORN ? nmi_flush_tlb_multi(mask, info)
				      : native_flush_tlb_multi(mask, info);
}

static const struct flush_broadcast nmi_broadcast_ops = {
	.flush = nmi_broadcast,
	.sync = nmi_broadcast_sync,
	.flush_all = nmi_broadcast_all,
};

static const struct flush_backend invlpgb_nmi = {
	.name = "invlpgb-nmi",
	.help = "an NMI flushes and waits for no walker: INVLPGB's meaning, not its cost",
	.waits = FLUSH_WAITS_NEVER,
	.broadcast = &nmi_broadcast_ops,
	.flush_multi = invlpgb_nmi_flush_multi,
};
FLUSH_BACKEND(invlpgb_nmi);
