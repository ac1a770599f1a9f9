#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make bochs does nothing twice; the image starts there, and a test is told what became of it."""
import os
import re

import bochs
from hosttest import done, equal, ok, run

bochs.need_bochs("unit")
before = os.stat(bochs.BOCHS).st_mtime_ns
result = run(["tools/bochs/fetch.sh"])
ok(result.status == 0 and "up to date" in result.err, "make bochs: up to date", result)
equal(os.stat(bochs.BOCHS).st_mtime_ns, before, "and nothing done")
with open("build/bochs/cpus", encoding="utf-8") as file:
    text = file.read()
ok("Bochs x86 Emulator 3." in text and all(model in text for model in bochs.MODELS), "its version and its CPUs", text)

for model in bochs.MODELS:
    result = bochs.boot(2, "run=list", model=model)
    ok(result.status == 0 and "# list: job unit" in result.out, f"{model}: boots by GRUB, prints the jobs, halts", result)
    ok(re.search(r"^# shootdown: 2 CPUs up .* bare metal, x2APIC", result.out, re.M), f"{model}: all CPUs, x2APIC", result)

# What is not green is not taken for it.
equal(bochs.boot(1, "run=nonsense").status, 2, "a bad option: status 2")
equal(bochs.boot(2, "run=torture inject=hang:1").status, 3, "a CPU that hangs: status 3")
equal(bochs.boot(1, "run=torture duration=600", limit=20).status, "timeout", "no verdict within the limit: red")
done()
