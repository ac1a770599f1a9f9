#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Bochs' CPUs driven from sync point to sync point: the verdicts of the model."""
import re

import bochs
from hosttest import done, equal, ok, run

bochs.need_bochs("metal")
run(["make", "build/model/explore"], timeout=600)
VERDICT = re.compile(r"^(?:not )?ok \d+ (\S+) # (\w+)", re.M)
for scenario, case in (("ipi_vs_ipi", ""), ("zap_vs_gup", "ipi.early-free")):
    result = bochs.boot(4, f"run=metal scenario={scenario}" + (f".{case}" if case else ""))
    found = dict(VERDICT.findall(result.out))
    model = dict(VERDICT.findall(run(["build/model/explore", scenario, *filter(None, [case])]).out))
    ok(result.status == 0 and found, f"{scenario} {case}: as expected", result)
    equal({name: model.get(name) for name in found}, found, f"{scenario} {case}: what the model says", result)
done()
