// SPDX-License-Identifier: GPL-2.0
// A preempted vCPU is left out of the flush, and the hypervisor is not asked for it.
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
  S
...>
}
