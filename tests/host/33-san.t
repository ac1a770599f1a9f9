#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""SAN=1: the image with KASAN, UBSan and a stack protector runs clean, and sees what is planted for each."""
import os
import re

from hosttest import TOP, boot, done, ktap, machine, need_kernel, ok, one_line, patient, run

SAN_IMAGE = os.path.join(TOP, "build/san/shootdown.elf")
# What is planted, and what is said of it: which check, what happened, where.
PLANTED = (
    ("busted=page_touch_after_free", r"panic: KASAN: store of \d+ bytes at 0xffff888\w+, in a page that is free, by memset\+"),
    ("busted=page_shift_too_far", r"panic: UBSAN: a shift by too many bits, .* at mm/page_alloc\.c:\d+:\d+"),
    ("inject=variable-overrun", r"panic: KASAN: store of 1 bytes at 0xffffffff\w+, beyond the end of a variable, by store\+"),
    ("inject=stack-overrun", r"panic: stack protector: the frame of \w+\+0x\w+ is overwritten"),
)

need_kernel("torture")
with machine():
    built = run(["make", "image", "SAN=1"], timeout=patient(400))
if ok(built.status == 0, "it builds", built):
    result = boot(IMAGE=SAN_IMAGE, RUN="unit", SMP=4, timeout=240)
    log = ktap.parse(result.out)
    ok(result.status == 0 and log.passed and len(log.results) > 100, "the unit tests: nothing to report", result)
    result = boot(IMAGE=SAN_IMAGE, SMP=4, DURATION=patient(4), timeout=100)
    ok(result.status == 0 and ktap.parse(result.out).passed, "a torture run: nothing to report", result)
    for planted, says in PLANTED:
        result = boot(IMAGE=SAN_IMAGE, SMP=2, DURATION=patient(5), APPEND=planted, timeout=60)
        ok(result.status == 3 and re.search(f"^{says}", result.out, re.M), f"{planted}: named, status 3", result)
for fault in ("variable-overrun", "stack-overrun"):
    one_line(boot(SMP=1, APPEND=f"inject={fault}"), f"^error: inject={fault} is refused: .*SAN=1", f"{fault} without the checks", channel="both")
one_line(run(["make", "image", "SAN=1", "CC=clang"]), r"SAN=1 takes gcc", "another compiler")
done()
