#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The kernel's interrupt counters against QEMU's own log of delivered interrupts.

The job "irqs" sends call-function interrupts and, once all are taken and no more are to
come, prints "# irqs: vector 0xfc: N" from its counters. The bench prints what each CPU has taken; in the log
a CPU is known by its GS base.
"""
import collections
import os
import re
import tempfile

from hosttest import BENCH_IMAGE, boot, diag, done, equal, need_bench, need_kernel, ok

import bench_rows

CALL_FUNCTION = 0xFC


def logged(**variables):
    """What a boot printed, and how often each vector came on each CPU: {(vector, GS base): times}."""
    seen, vector = collections.Counter(), None
    with tempfile.TemporaryDirectory() as tmp:
        log = os.path.join(tmp, "int")
        result = boot(ACCEL="tcg", QEMUOPTS=f"-d int -D {log}", timeout=60, **variables)
        with open(log, encoding="utf-8", errors="replace") as file:
            for line in file:
                match = re.match(r"Servicing hardware INT=0x([0-9a-f]+)", line)
                if match:
                    vector = int(match.group(1), 16)
                match = re.match(r"GS =[0-9a-f]{4} ([0-9a-f]{16}) ", line)
                if match and vector is not None:
                    seen[vector, int(match.group(1), 16)] += 1
                    vector = None
    return result, seen


need_kernel("irqs")
need_bench()
for smp in (2, 4, 16):
    result, seen = logged(RUN="irqs", SMP=smp)
    own = {int(v, 16): int(n) for v, n in re.findall(r"^# irqs: vector (0x\w+): (\d+)", result.out, re.M)}
    ok(result.status == 0 and own.get(CALL_FUNCTION), f"SMP={smp}: the kernel counts call-function interrupts", result)
    for vector, count in sorted(own.items()):
        equal(count, sum(n for (v, _), n in seen.items() if v == vector),
              f"SMP={smp}: vector {vector:#x}: QEMU delivered as many")

# Of a bench, CPU by CPU, and what the operations say that they sent is among it.
for smp in (2, 8):
    result, seen = logged(IMAGE=BENCH_IMAGE, RUN="bench", BENCH="unshare,collapse", POLICY="broadcast,implied",
                          SMP=smp, APPEND="json=on slice=1")
    rows = bench_rows.parse(result.out)
    own = bench_rows.one(rows, bench="interrupts")
    ok(result.status == 0 and own and len(own["taken"]) == smp, f"bench, SMP={smp}: counted on each CPU", result)
    if not own:
        continue
    for cpu, (taken, base) in enumerate(zip(own["taken"], own["gs"])):
        equal(taken, seen[own["vector"], base], f"bench, SMP={smp}: CPU{cpu} took as many as QEMU delivered")
    sent = sum(row["ops"] * (row["flush_ipis"] + row["sync_ipis"]) for row in rows if "ops" in row)
    diag(f"{sent} sent by the operations, {sum(own['taken'])} taken")
    ok(0 < sent <= sum(own["taken"]), f"bench, SMP={smp}: the operations sent no more than were taken", sent, own)
done()
