#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The unit tests where INVLPGB and PCIDs are real: those that try every backend try this one."""
from patched import boot, need_patched
from hosttest import diag, done, ktap, ok, skip

need_patched("unit")

# They count or wait for interrupts, which is what the default backend sends.
OF_INTERRUPTS = {"counts", "flush", "owed", "pv", "sometimes_ipi"}

for smp in (1, 4, 16):
    for flush in ({}, {"INVLPGB": "hw"}):
        name = " ".join([f"SMP={smp}"] + [f"{k}={v}" for k, v in flush.items()])
        result = boot(RUN="unit", SMP=smp, timeout=240, **flush)
        log = ktap.parse(result.out)
        if not ok(not log.refusals and log.results, f"{name}: a whole KTAP log", "\n".join(log.refusals)):
            diag(result.out[-6000:])
        said = result.out.splitlines()
        ok(not any("flush=invlpgb is left out" in line for line in said), f"{name}: invlpgb is tried")
        for path, passed, why in log.results:
            if flush and path.split(".")[0] in OF_INTERRUPTS:
                skip(f"{name} {path}", "expects the interrupts of the default backend")
            elif why is not None:
                skip(f"{name} {path}", why)
            else:
                ok(passed, f"{name} {path}", result.out[-3000:])
done()
