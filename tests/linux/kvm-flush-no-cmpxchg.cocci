// SPDX-License-Identifier: GPL-2.0
// The hypervisor is asked by a plain store: the vCPU may run again already.
// Files: arch/x86/kernel/kvm.c
// Guest: of KVM
// Red: linux_zap_vs_load.pv.broadcast+preempt hardware
// Never: linux_zap_vs_load.ipi.broadcast

@@
expression a, b, c;
statement S;
@@
kvm_flush_tlb_multi(...)
{
<...
- if (try_cmpxchg(a, b, c))
- S
+ WRITE_ONCE(src->preempted, state | KVM_VCPU_FLUSH_TLB);
+ __cpumask_clear_cpu(cpu, flushmask);
...>
}
