#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The kernel's interrupt counters against QEMU's own log of delivered interrupts.

The job "irqs" sends call-function interrupts and, once all are taken and no more are to
come, prints "# irqs: vector 0xfc: N" from its counters.
"""
import collections
import os
import re
import tempfile

from hosttest import boot, done, equal, need_kernel, ok

need_kernel("irqs")
for smp in (2, 4, 16):
    with tempfile.TemporaryDirectory() as tmp:
        log = os.path.join(tmp, "int")
        result = boot(RUN="irqs", SMP=smp, ACCEL="tcg", QEMUOPTS=f"-d int -D {log}", timeout=60)
        seen = collections.Counter()
        with open(log, encoding="utf-8", errors="replace") as file:
            for line in file:
                match = re.match(r"Servicing hardware INT=0x([0-9a-f]+)", line)
                if match:
                    seen[int(match.group(1), 16)] += 1
    own = {int(v, 16): int(n) for v, n in re.findall(r"^# irqs: vector (0x\w+): (\d+)", result.out, re.M)}
    ok(result.status == 0 and own.get(0xFC), f"SMP={smp}: the kernel counts call-function interrupts", result)
    for vector, count in sorted(own.items()):
        equal(count, seen[vector], f"SMP={smp}: vector {vector:#x}: QEMU delivered as many")
done()
