#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""INVLPGB and TLBSYNC themselves, against a CPU that reads through its TLB with IRQs off.

What is promised the kernel judges (tests/unit/arch_invlpgb.c). What is only allowed, and what
this QEMU does of it, is judged here: nothing happens elsewhere before the issuer's own TLBSYNC.
"""
import re

from patched import boot, boot_counted, need_patched
from hosttest import done, equal, ktap, ok

need_patched("unit")


def counts(result, when):
    """(kept, tries) of "# INVLPGB WHEN: not yet carried out KEPT of TRIES times"."""
    found = re.search(rf"^# INVLPGB {when}: not yet carried out (\d+) of (\d+) times$", result.out, re.M)
    return tuple(map(int, found.groups())) if found else (None, 0)


LAZY = ("without TLBSYNC", "with TLBSYNC on another CPU")
SETUPS = [
    ({"SMP": 4}, ""),
    ({"SMP": 4, "TCG": "multi"}, ""),
    ({"SMP": 4, "DETERMINISTIC": 1}, ""),
    ({"SMP": 2}, ""),
    ({"SMP": 16}, ""),
    ({"SMP": 4}, ",invlpgb-count-max=0"),
    ({"SMP": 4}, ",-pcid"),
    ({"SMP": 4}, ",invlpgb-eager=on"),
    ({"SMP": 4, "TCG": "multi"}, ",invlpgb-eager=on"),
]
for variables, cpu in SETUPS:
    name = " ".join([f"{k}={v}" for k, v in variables.items()] + ([f"max{cpu}"] if cpu else []))
    result = boot(cpu, RUN="unit", TESTS="invlpgb.", timeout=120, **variables)
    log = ktap.parse(result.out)
    ok(result.status == 0 and log.passed, f"{name}: what is promised holds", "\n".join(log.refusals), result)
    skipped = {path.split(".")[-1] for path, _, why in log.results if why is not None}
    fair = set()
    if variables["SMP"] == 2:
        fair.add("tlbsync_elsewhere")
    if "-pcid" in cpu:
        fair |= {"backend", "other_pcid"}
    equal(skipped, fair, f"{name}: nothing more is skipped than this machine lacks", result)
    for when in LAZY:
        kept, tries = counts(result, when)
        if "tlbsync_elsewhere" in skipped and when == LAZY[1]:
            continue
        if "eager" in cpu:
            # With a thread per CPU it may come a block later than the next load there.
            ok(tries and kept <= tries / 2, f"{name}: {when}: carried out at once", result)
        else:
            ok(tries and kept > tries / 2, f"{name}: {when}: not carried out", result)

# The kernel's counts and QEMU's own.
result, invlpgbs, tlbsyncs = boot_counted(RUN="unit", TESTS="invlpgb.backend", SMP=4, timeout=60)
own = re.search(r"executed INVLPGB (\d+) times, TLBSYNC (\d+) times", result.out)
if ok(result.status == 0 and own, "the backend counts what it executes", result):
    equal(tuple(map(int, own.groups())), (invlpgbs, tlbsyncs), "and QEMU has seen as many")
    ok(invlpgbs > 0 and tlbsyncs > 0, "which are not none")
done()
