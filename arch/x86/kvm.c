/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's side of KVM's steal-time area: <asm/pv.h>. Linux asks for the same before it
 * leaves flushes to the host (pv_tlb_flush_supported()): a vCPU that has a CPU to itself,
 * or MWAIT and so halts without an exit, is hardly ever seen preempted.
 */
#include "cpu.h"
#include "msr.h"
#include <kernel/bug.h>
#include <kernel/smp.h>
#include <asm/page.h>
#include <asm/pv.h>

#define LEAF_KVM_FEATURES      0x40000001
#define KVM_EAX_STEAL_TIME     BIT(5)
#define KVM_EAX_PV_TLB_FLUSH   BIT(9)
#define KVM_EDX_HINTS_REALTIME BIT(0)
#define CPUID1_ECX_MWAIT       BIT(3)

#define MSR_KVM_STEAL_TIME     0x4b564d03 /* physical address, 64-byte aligned, | enable */
#define STEAL_TIME_ENABLE      BIT(0)

DEFINE_PER_CPU_ALIGNED(struct kvm_steal_time, steal_time);

const char *pv_flush_unavailable(void)
{
	struct cpuid kvm;

	if (!cpu_hypervisor_is("KVMKVMKVM"))
		return "this is no KVM guest";
	kvm = cpuid_or_zero(LEAF_KVM_FEATURES, 0);
	if (!(kvm.eax & KVM_EAX_PV_TLB_FLUSH))
		return "this KVM offers no PV TLB flush";
	if (!(kvm.eax & KVM_EAX_STEAL_TIME))
		return "this KVM offers no steal time";
	if (kvm.edx & KVM_EDX_HINTS_REALTIME)
		return "this KVM says its vCPUs are never preempted";
	if (cpuid(1, 0).ecx & CPUID1_ECX_MWAIT)
		return "this KVM guest has MWAIT";
	if (nr_cpu_ids == 1)
		return "there is one CPU only";
	return NULL;
}

static void enable_here(void *unused)
{
	wrmsr(MSR_KVM_STEAL_TIME, __pa(this_cpu_ptr(&steal_time)) | STEAL_TIME_ENABLE);
}

void pv_enable(void)
{
	BUG_ON(pv_flush_unavailable());
	on_each_cpu(enable_here, NULL, true);
}
