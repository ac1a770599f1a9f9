# SPDX-License-Identifier: GPL-2.0
"""The QEMU that make qemu-invlpgb builds, for tests that execute the real instructions."""
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

import hosttest  # noqa: E402

QEMU = os.path.join(hosttest.TOP, "build/qemu-invlpgb/qemu-system-x86_64")


def boot(cpu="", **variables):
    """hosttest.boot() on it; @cpu: properties of the CPU, each behind a comma."""
    if cpu:
        variables["QEMUOPTS"] = f"-cpu max{cpu} {variables.get('QEMUOPTS', '')}".strip()
    return hosttest.boot(QEMU=QEMU, ACCEL="tcg", **variables)


def boot_counted(**variables):
    """(result, INVLPGBs, TLBSYNCs) as QEMU itself has logged them."""
    with tempfile.TemporaryDirectory() as tmp:
        log = os.path.join(tmp, "mmu")
        result = boot(QEMUOPTS=f"-d mmu -D {log}", **variables)
        with open(log, encoding="utf-8", errors="replace") as file:
            lines = [re.match(r"INVLPGB:|TLBSYNC:", line) for line in file]
    seen = [m.group() for m in lines if m]
    return result, seen.count("INVLPGB:"), seen.count("TLBSYNC:")


def need_patched(*jobs):
    """Ends the test file unless that QEMU is there and the kernel has the jobs."""
    if not os.access(QEMU, os.X_OK):
        hosttest.ok(False, "a QEMU with INVLPGB", "make qemu-invlpgb builds it")
        hosttest.done()
    return hosttest.need_kernel(*jobs)
