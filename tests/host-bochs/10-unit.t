#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The unit tests on Bochs, x2APIC and xAPIC. PCIDs and INVPCID are executed there; what is skipped
lacks INVLPGB or CPUs, and nothing else."""
import bochs
from hosttest import diag, done, ktap, ok, skip

bochs.need_bochs("unit")
for smp, model, options in ((4, bochs.PLAIN, ""), (2, bochs.SMAP, ""), (3, bochs.PLAIN, "apic=xapic")):
    name = " ".join(filter(None, (f"SMP={smp}", model, options)))
    result = bochs.boot(smp, f"run=unit {options}", model=model)
    log = ktap.parse(result.out)
    for path, passed, why in log.results:
        if why is None:
            ok(passed, f"{name} {path}")
        elif "INVLPGB" in why or smp < 4 and "CPU" in why:
            skip(f"{name} {path}", why)
        else:
            ok(False, f"{name} {path}: runs", f"skipped: {why}")
    good = ok(not log.refusals and log.passed, f"{name}: a whole KTAP log", "\n".join(log.refusals))
    good &= ok("no PCID" not in result.out, f"{name}: the kernel uses PCIDs")
    mode = "xAPIC" if options else "x2APIC"
    good &= ok(f", {mode}," in result.out.partition("\n")[0], f"{name}: {mode}", result.out[:200])
    if not good:
        diag(result.out[-6000:] + str(result))
done()
