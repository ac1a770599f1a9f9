#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Torture on Bochs, whose CPUs take turns after a few instructions each; and what has to be red."""
import bochs
from hosttest import done, ok
from table import Report

bochs.need_bochs("torture")
OPS = {"collapse", "mprotect", "retract", "unshare", "zap"}
for smp, options in (
    (3, "duration=10 policy=broadcast,implied"), (2, "duration=5 policy=broadcast apic=xapic"),
    (4, "duration=10 flush=invlpgb-nmi policy=broadcast"),
):
    result = bochs.boot(smp, f"run=torture {options}")
    name = f"SMP={smp} {options}"
    report = Report(result.out)
    ok(result.status == 0 and "UNSOUND" not in result.out, f"{name}: green", result)
    ok({row.name for row in report.rows if sum(row.numbers("done"))} >= OPS, f"{name}: every operation", result)

# Without the wait, where nothing else waits: a walker is met, and its table reused.
result = bochs.boot(3, "run=torture duration=60 policy=never flush=invlpgb-nmi ops=unshare oracles=walks")
ok(result.status == 1 and "unshare # UNSOUND" in result.out and "VIOLATION walks" in result.out,
   "never on invlpgb-nmi: red", result)
done()
