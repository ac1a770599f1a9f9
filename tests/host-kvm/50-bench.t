#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The bench on KVM: what is counted is as on any machine; vCPUs that KVM leaves out are not interrupted. Times mean nothing here."""
import nested
from hosttest import BENCH_IMAGE, diag, done, equal, need_bench, ok

import bench_rows

SMP = 4
POLICIES = "broadcast,mmcpus,receipt,implied"

need_bench()


def bench(host, measurements, append=""):
    """(result, rows) of one guest; a few samples each."""
    result = host.guest(f"run=bench bench={measurements} policy={POLICIES} json=on slice=10 {append}", smp=SMP)
    return result, bench_rows.parse(result.out)


with nested.Host(image=BENCH_IMAGE) as host:
    result, rows = bench(host, "collapse,unshare,exit")
    diag(f"flush=ipi: {result.seconds:.0f} s")
    equal((result.status, rows and rows[0]["machine"]), (0, "KVM"), "it ends, on KVM", result)
    ok(rows and not rows[0]["ratios_only"], "and does not say that its times are an emulator's", rows[:1])
    verdicts = list(bench_rows.count_verdicts(rows))
    wrong = [(what, found) for what, good, found in verdicts if not good]
    ok(len(verdicts) > 40 and not wrong, "flush=ipi: as many IPIs are sent and taken as on any machine", wrong, len(verdicts))

    # A vCPU that is preempted or halted KVM leaves out: how many is its own choice.
    result, rows = bench(host, "unshare", "flush=pv pv=kvm")
    diag(f"flush=pv: {result.seconds:.0f} s")
    found = {r["policy"]: (r["flush_ipis"], r["sync_ipis"]) for r in bench_rows.pick(rows, bench="unshare", variant="one", flush="pv")}
    ok(result.status == 0 and set(POLICIES.split(",")) <= set(found), "flush=pv: it ends, with each policy", result)
    ok(all(0 <= flush <= SMP - 1 for flush, _ in found.values()), "no more flush IPIs than vCPUs", found)
    equal(found.get("broadcast", (None, None))[1], SMP - 1, "a broadcast leaves out no vCPU", found)
    diag(f"vCPUs left out of {SMP - 1}, of each flush: "
         + ", ".join(f"{policy} {SMP - 1 - flush:.3f}" for policy, (flush, _) in found.items()))
done()
