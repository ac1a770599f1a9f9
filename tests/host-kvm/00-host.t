#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The host that the other tests here stand on, and run.sh on it: KVM is found, and used."""
import nested
from hosttest import done, need_kernel, ok

need_kernel()
with nested.Host() as host:
    result = host.guest("run=list", smp=1)
    ok(result.status == 0 and "CPUs up" in result.out and ", KVM, x2APIC" in result.out, "one vCPU: boots, x2APIC", result)
    result = host.guest("run=list apic=xapic", smp=4)
    ok(result.status == 0 and ", KVM, xAPIC" in result.out, "four vCPUs: boot, xAPIC", result)
    # There a guest takes longer to start than a machine with hardware would: who insists can wait.
    result = host.run("cd /top && ./run.sh ACCEL=kvm IMAGE=/image.elf RUN=list SMP=2", 300)
    ok(result.status == 0 and "KVM (a guest started under it)" in result.out, "run.sh ACCEL=kvm: KVM", result)
    result = host.run("cd /top && ./run.sh ACCEL=auto IMAGE=/image.elf RUN=list SMP=2", 300)
    ok(result.status == 0 and "KVM (a guest started under it)" in result.out or
       "a guest started under KVM says nothing within" in result.out, "run.sh ACCEL=auto: KVM, or why not", result)
done()
