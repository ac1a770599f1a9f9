#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The promised speeds, in CPU time: what other programs take of the machine is not counted. A start, which takes
tenths of a second, is measured with no guest beside it. Bars that the kernel can measure itself, in one run of one image, are in its own benches."""
import os
import re
import shlex
import subprocess
import tempfile

from bare import null_image
from hosttest import boot, children_time, diag, done, machine, need_kernel, ok, run
from table import Report

need_kernel("torture")

result = boot(SMP=64, MEM=128, ACCEL="tcg", timeout=120)
report = Report(result.out)
share = min(1, result.cpu / result.seconds)  # of one CPU, which is what one TCG thread can use
diag(f"SMP=64, default duration: {result.seconds:.1f} s, {result.cpu:.1f} of CPU time, {report.done():.0f} operations")
ok(result.status == 0 and report.rows, "SMP=64 MEM=128: green", result)
ok(result.seconds <= 60 or share < 0.9 and result.cpu <= 60, "SMP=64: the table within 60 s of power-on",
   f"{result.seconds:.1f} s, {result.cpu:.1f} of CPU time")
ok(report.done() >= 10000 * share, "SMP=64: 10,000 operations", report.done(), result)
ok(report.walks and all(c == 64 for _, c, _ in report.walks.values()), "SMP=64: walkers on all CPUs", report.walks)

for policy, red in (("never", True), ("broadcast", False)):
    result = boot(SMP=4, INVLPGB=1, POLICY=policy, timeout=60)
    report = Report(result.out)
    if red:
        ok(result.status == 1 and result.cpu <= 30, "INVLPGB=1 POLICY=never: red within 30 s", result)
    else:
        ok(result.status == 0 and report.total("useful") > 0,
           "INVLPGB=1 POLICY=broadcast: green, with useful syncs", result)
    ok(re.search(r"invlpgb-nmi|INVLPGB", result.out), f"INVLPGB=1 POLICY={policy}: the table says what flushed")

# Power-on to all CPUs up, against an image that does nothing but end QEMU.
BAR = 1.3


def until(command, pattern):
    """Seconds of CPU time from exec to a line that matches, or to the end."""
    began = children_time()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as proc:
        for line in proc.stdout:
            if not re.search(pattern, line):
                continue
            with open(f"/proc/{proc.pid}/stat", encoding="utf-8") as stat:
                user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
            proc.terminate()
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return children_time() - began


with machine(alone=True), tempfile.TemporaryDirectory() as tmp:
    env = {"SMP": 64, "MEM": 128, "ACCEL": "tcg", "RUN": "unit"}

    def command_line(image):
        return shlex.split(run(["./run.sh", "--dry-run", f"IMAGE={image}"], env).out)

    ours, null = command_line("build/debug/shootdown.elf"), command_line(null_image(tmp))
    # The line is seen a moment late, on a busy machine a long one.
    best, floor = [], []
    while len(best) < 5 or (len(best) < 25 and min(best) > BAR * min(floor)):
        best.append(until(ours, rb"CPUs up"))
        floor.append(until(null, b"never"))
best, floor = min(best), min(floor)
diag(f"64 CPUs up {best * 1000:.0f} ms of CPU time after power-on, an image that does nothing {floor * 1000:.0f} ms")
ok(0.05 < floor and best <= BAR * floor, "64 CPUs up within 1.3 of an image that does nothing")
done()
