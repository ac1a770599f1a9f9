#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The unit tests on KVM: those of the paravirtual flush too, with a model as the host and with KVM."""
import nested
from hosttest import diag, done, equal, ktap, need_kernel, ok, skip

need_kernel("unit")


def unit(host, append="", **machine):
    """{path: why it was skipped, or None}; each result by name."""
    name = " ".join([*(f"{k.upper()}={v}" for k, v in machine.items()), append]).strip()
    result = host.guest(f"run=unit {append}", **machine)
    log = ktap.parse(result.out)
    good = ok(not log.refusals and log.results, f"{name}: a whole KTAP log", "\n".join(log.refusals), result)
    for path, passed, why in log.results:
        if why is None:
            good &= ok(passed, f"{name} {path}")
        else:
            skip(f"{name} {path}", why)
    good &= equal(result.status, 0, f"{name}: status 0")
    if not good:
        diag(result.out[-6000:])
    return {path: why for path, _, why in log.results}


with nested.Host() as host:
    unit(host, smp=1)
    results = unit(host, smp=4)
    missing = {p for p, why in results.items() if why and p.startswith("pv.")}
    equal(missing, {"pv.kvm_flushes_whom_it_preempted"}, "SMP=4: of pv only what needs KVM as the host is skipped")
    results = unit(host, "flush=pv pv=kvm tests=pv.kvm", smp=8)
    equal(list(results.values()), [None], "flush=pv: KVM's own flush of a vCPU that was left out")
    unit(host, "tests=arch_ipi apic=xapic", smp=4)
done()
