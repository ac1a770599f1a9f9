// SPDX-License-Identifier: GPL-2.0
/*
 * A guest of KVM (kvm.config): flushes of CPUs that the hypervisor has preempted are left to it, by
 * kvm_flush_tlb_multi(), which is static: so the tree's file is included whole.
 */
#include <arch/x86/kernel/kvm.c>
#include "linux.h"

const bool linux_is_guest = true;

/* What kvm_guest_init() does about flushes. Masks of CPUs are no pointers here. */
void linux_pv_flush(void)
{
	pv_ops.mmu.flush_tlb_multi = kvm_flush_tlb_multi;
#if BEFORE_7
	pv_ops.mmu.tlb_remove_table = tlb_remove_table;
#endif
}

unsigned char *linux_preempted_byte(unsigned int cpu)
{
	return &per_cpu(steal_time, cpu).preempted;
}
