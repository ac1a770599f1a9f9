#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Torture on KVM by interrupts and by NMIs, each vCPU a thread of its host."""
import nested
from hosttest import done, equal, ktap, need_kernel, ok
from table import Report

need_kernel("torture")
with nested.Host() as host:
    for smp, append, apic in (
        (1, "duration=1", "x2APIC"),
        (4, "duration=3", "x2APIC"),
        (8, "duration=3", "x2APIC"),
        (4, "duration=3 apic=xapic", "xAPIC"),
        (4, "duration=3 invlpgb=1 policy=receipt", "x2APIC"),
    ):
        name = f"SMP={smp} {append}"
        result = host.guest(append, smp=smp)
        log, report = ktap.parse(result.out), Report(result.out)
        ok(result.status == 0 and log.passed, f"{name}: green", "\n".join(log.refusals), result)
        ok(f", KVM, {apic}, " in result.out, f"{name}: on KVM, by {apic}", result)
        if ok(report.rows and report.walks, f"{name}: ends with the table", result):
            equal(report.total("viol"), 0, f"{name}: no violations", result)
            ok(all(cpus == of == smp for _, cpus, of in report.walks.values()), f"{name}: walkers on every CPU", result)
            ok(all(all(row.numbers("done")) for row in report.rows), f"{name}: every operation was done", result)

    # The checks can fail here too.
    result = host.guest("duration=30 flush=pv pv=model policy=implied-kvm ops=unshare", smp=4)
    ok(result.status == 1 and "# VIOLATION walks" in result.out, "nobody waits for whom a model preempts: red", result)
done()
