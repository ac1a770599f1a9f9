/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sometimes-ipi: after Hyper-V. A flush goes to the hypervisor by hypercall, or by IPI when the
 * call cannot be made. Which of the two it was is known only after each flush: no property of
 * the machine tells, at boot or later.
 *
 * The hypercall is nmi_flush_tlb_multi(): it reaches a CPU whatever its IF, and waits for the
 * TLB, not for walkers. Whether the hypercall can be made is random here, per CPU and from the
 * run's seed. On Hyper-V an input page may be missing, or the status may be an error.
 *
 * A flush that frees no table leaves lazy CPUs out of the hypercall. tlb_gen was raised, a full
 * barrier, before is_lazy is read here. A CPU that stops being lazy clears it, full barrier, and
 * reads tlb_gen. So it catches up, or is not left out. Meanwhile no code on it walks the mm, so
 * the claim does not depend on it.
 *
 * The hypercall leaves ctxs[].tlb_gen behind on the CPUs that it reaches: the next flush by IPI
 * finds that it missed one, and flushes everything.
 *
 * Source: Linux hyperv_flush_tlb_multi().
 */
#include <kernel/job.h>
#include <kernel/rand.h>
#include <kernel/smp.h>
#include <asm/tlbflush.h>

static DEFINE_PER_CPU(struct rand, hypercall_rand); /* own CPU, preemption off */

static struct flush_claim hypercall(const struct cpumask *mask, const struct flush_tlb_info *info)
{
	struct cpumask targets;
	unsigned int cpu;

	cpumask_copy(&targets, mask);
	if (!info->freed_tables)
		for_each_cpu (cpu, &targets)
			if (tlb_cpu_lazy((int)cpu))
				__cpumask_clear_cpu(cpu, &targets);
	return nmi_flush_tlb_multi(&targets, info);
}

static struct flush_claim sometimes_flush_tlb_multi(const struct cpumask *mask,
						    const struct flush_tlb_info *info)
{
	if (rand_below(this_cpu_ptr(&hypercall_rand), 2))
		return native_flush_tlb_multi(mask, info);
	return hypercall(mask, info);
}

static void sometimes_init(void)
{
	unsigned int cpu;

	for_each_online_cpu (cpu)
		rand_init(per_cpu_ptr(&hypercall_rand, cpu), 0x4c000000 + cpu);
}
INITCALL(2, sometimes_init);

static const struct flush_backend sometimes_ipi = {
	.name = "sometimes-ipi",
	.help = "Hyper-V's: a hypercall that waits for no walker, or, when it fails, IPIs",
	.waits = FLUSH_WAITS_SOMETIMES,
	.flush_multi = sometimes_flush_tlb_multi,
};
FLUSH_BACKEND(sometimes_ipi);
