#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""DETERMINISTIC=1: the same seed gives the same serial log, bit by bit, whatever the host does."""
import concurrent.futures

from hosttest import boot, diag, done, need_kernel, ok


def differ(one, two):
    for a, b in zip(one.out.splitlines(), two.out.splitlines()):
        if a != b:
            return f"first difference:\n  {a}\n  {b}"
    return "one log is longer"


need_kernel("torture")
with concurrent.futures.ThreadPoolExecutor() as pool:
    # Side by side, and the third beside another: the host's load differs between them.
    runs = [
        pool.submit(boot, SMP=4, SEED=seed, DURATION=1, DETERMINISTIC=1, timeout=240)
        for seed in ("0x5eed", "0x5eed", "0x5eee")
    ]
    same, again, other = [r.result() for r in runs]
ok(same.status == 0 and "seed=0x5eed" in same.out, "SMP=4: a run by instruction count", same)
ok(same.out == again.out, "SMP=4: the same seed, the same log", differ(same, again))
ok(same.out.replace("0x5eed", "") != other.out.replace("0x5eee", ""), "another seed, another log")
diag(f"{same.seconds:.0f}, {again.seconds:.0f} and {other.seconds:.0f} s")
done()
