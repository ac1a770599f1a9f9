/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PV_H
#define ASM_PV_H

#include <kernel/bug.h>
#include <kernel/shared.h>
#include <asm/atomic.h>
#include <asm/percpu.h>

/*
 * What a KVM host shares with each of its vCPUs, and how a guest leaves a TLB flush to it.
 *
 *	guest, on any CPU			host of the vCPU
 *						the vCPU is scheduled out
 *						preempted = PREEMPTED
 *	clear entry, raise tlb_gen
 *	preempted & PREEMPTED?
 *	cmpxchg: | FLUSH_TLB		[G]
 *						old = xchg(preempted, 0)	[H]
 *						old & FLUSH_TLB: flush the vCPU's
 *						  TLB, all of it
 *						the vCPU runs on
 *
 * [G] and [H] are full barriers on one byte. Either [H] comes second, sees the request, and
 * no guest instruction runs before the flush; or [G] fails, and the vCPU has to be
 * interrupted. The byte says nothing of where the vCPU was when it was taken off: it may
 * have been in the middle of a lock-free walk.
 *
 * Whether a halted vCPU counts as preempted is the host's choice: to KVM of Linux 6.1 it does
 * not, to older ones it does.
 *
 * Source: KVM's ABI, Linux Documentation/virt/kvm/x86/msr.rst, MSR_KVM_STEAL_TIME.
 */
struct kvm_steal_time {
	u64 steal; /* nanoseconds */
	u32 version; /* odd while the host writes */
	u32 flags;
	u8 preempted;
	u8 __pad[47];
} __aligned(64);
BUILD_BUG_ON(sizeof(struct kvm_steal_time) != 64);
BUILD_BUG_ON(__builtin_offsetof(struct kvm_steal_time, preempted) != 16);

#define KVM_VCPU_PREEMPTED BIT(0)
#define KVM_VCPU_FLUSH_TLB BIT(1)

/* The host and all CPUs; atomically. */
DECLARE_PER_CPU(struct kvm_steal_time, steal_time);

/**
 * pv_flush_unavailable - why the host will not flush for us, or NULL: it will
 *
 * Context: any, after arch_cpu_init() on CPU 0.
 * Source: Linux pv_tlb_flush_supported().
 */
const char *pv_flush_unavailable(void);

/**
 * pv_enable - hand every CPU's area to the host
 *
 * Only if pv_flush_unavailable() has nothing to say. Context: task, all CPUs up.
 */
void pv_enable(void);

/**
 * pv_defer_flush - leave the flush of @cpu's TLB to its host, if it is preempted now
 *
 * The caller has changed the entries, and a full barrier lies between. Return: true: @cpu
 * will not execute an instruction before its whole TLB is flushed; false: interrupt it.
 *
 * Context: any.
 */
static inline bool pv_defer_flush(unsigned int cpu)
{
	u8 *preempted = &per_cpu(steal_time, cpu).preempted, seen = READ_ONCE(*preempted);

	if (!(seen & KVM_VCPU_PREEMPTED))
		return false;
	return shared_rmw(SITE_VCPU, preempted,
			  try_cmpxchg(PTR, &seen, (u8)(seen | KVM_VCPU_FLUSH_TLB))); /* [G] */
}

#endif
