#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flush=pv by KVM's own protocol: eight vCPUs on two CPUs, so the host does preempt walkers."""
import re

import nested
from hosttest import done, equal, ktap, need_kernel, ok
from table import Report

TRIES = 3  # when a vCPU is preempted is the host's choice

need_kernel("torture")


def on_kvm(result):
    return "(hypervisor: KVM)" in result.out


def is_red(result, oracle):
    """pv=kvm has insisted on KVM. A kernel that does not flush may panic after its verdict, without a table."""
    return result.status == 1 and f"# VIOLATION {oracle}" in result.out


def red(append, oracle):
    """The first red run of up to TRIES; else the last one."""
    for attempt in range(TRIES):
        result = host.guest(append, smp=8)
        if is_red(result, oracle):
            break
    return result


with nested.Host() as host:
    # Sound policies are green, and they are needed: some sync found a preempted walker.
    # "needed" is said of an operation one of whose syncs was useful, in either phase.
    needed = set()
    for attempt in range(2 * TRIES):
        # The first one with all operations, for what is green; then those that wait.
        ops = " ops=collapse,unshare" if attempt else ""
        result = host.guest("duration=8 flush=pv pv=kvm policy=broadcast,receipt" + ops, smp=8)
        log, report = ktap.parse(result.out), Report(result.out)
        ok(result.status == 0 and log.passed and on_kvm(result), "policies that wait for whom KVM left out: green",
           "\n".join(log.refusals), result)
        equal(report.total("viol"), 0, "no violations", result)
        needed |= {row.name for row in report.rows if row.verdict == "needed"}
        if needed or result.status:
            break
    ok(needed and needed <= {"collapse", "unshare"}, "some sync found a preempted walker to wait for", needed, result)

    # A policy that takes KVM's flush for a wait is caught.
    result = red("duration=40 flush=pv pv=kvm policy=implied-kvm ops=collapse,unshare", "walks")
    ok(is_red(result, "walks"), f"policy=implied-kvm: red, in {TRIES} tries", result)
    violation = re.search(r"^# VIOLATION .*CPU(\d+) is inside table", result.out, re.M)
    ok(violation and re.search(rf"vCPU{violation.group(1)} is preempted: left out", result.out),
       "its history: the walker's vCPU was left out of the flush", result)
    ok(violation and re.search(r"^#[> |d]*walk mm_[a-z] ", result.out, re.M), "its history has the walk", result)

    # A vCPU that KVM flushes has dropped its translations; a vCPU that nothing flushes has not.
    append = "duration=20 flush=pv pv=kvm policy=broadcast busted=tlb_no_remote oracles=tlbshadow"
    result = red(append, "tlbshadow")
    ok(is_red(result, "tlbshadow"), f"vCPUs that nobody flushes: red, in {TRIES} tries", result)

    # The model of a hypervisor, and a bug in it, on the same machine.
    append = "duration=20 busted=pv_no_flush_on_resume flush=pv pv=model policy=broadcast ops=zap oracles=tlbshadow"
    result = host.guest(append, smp=4)
    ok(result.status == 1 and "# VIOLATION tlbshadow" in result.out, "a host that forgets the flush: red", result)

    # pv=kvm insists, and says what is in the way.
    for without, why in (("+kvm-hint-dedicated", "vCPUs are never preempted"),
                         ("-kvm-pv-tlb-flush", "offers no PV TLB flush"),
                         ("-kvm-steal-time", "offers no steal time")):
        result = host.guest("flush=pv pv=kvm", smp=2, cpu=f"host,{without}")
        said = re.findall(rf"^error: .*{why}", result.out, re.M)
        ok(result.status == 2 and len(said) == 1, f"{without}: refused, because {why}", result)
done()
