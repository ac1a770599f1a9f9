#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The unit tests in the kernel, on machines of every size, each result through the KTAP reader."""
from hosttest import boot, diag, done, ktap, need_kernel, ok, skip

need_kernel("unit")
for smp in (1, 2, 4, 16, 64):
    result = boot(RUN="unit", SMP=smp, MEM=128, timeout=240)
    log = ktap.parse(result.out)
    for path, passed, why in log.results:
        if why is None:
            ok(passed, f"SMP={smp} {path}")
        else:
            skip(f"SMP={smp} {path}", why)
    good = ok(not log.refusals, f"SMP={smp}: a whole KTAP log", "\n".join(log.refusals))
    good &= ok(result.status == (0 if all(r[1] for r in log.results) else 1), f"SMP={smp}: exit status",
               f"status {result.status}", result.err)
    if not good or not log.passed:
        diag(result.out[-6000:])
done()
