#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every planted bug is caught, and what is printed lets a maintainer see and replay it.

The kernel lists them: "# list: busted NAME [OPTION=VALUE ...]" with what shows the bug.
"""
import re

from hosttest import boot, done, ktap, need_kernel, ok, patient, todo_skip

TRIES = 3  # runs, each with a seed of its own

names = need_kernel("torture")
listing = boot(RUN="list", SMP=1, timeout=20).out
variants = [l.split() for l in re.findall(r"^# list: busted (.+)$", listing, re.M)]
if not variants:
    todo_skip("busted variants", "none in run=list")
for name, *options in variants:
    append = " ".join([f"busted={name}", *options])
    # What is seen at the end of a phase says itself how long it takes.
    length = {} if any(o.startswith("duration=") for o in options) else {"DURATION": patient(20)}
    # Torture samples: an mm goes to a global ASID once, and a seed may miss what depends on that.
    for _ in range(TRIES):
        result = boot(SMP=4, TIMEOUT=patient(100), APPEND=append, **length)
        if result.status:
            break
    ok(result.status == 1, f"{append}: red", result)
    ok(not ktap.parse(result.out).refusals, f"{append}: a whole KTAP log, for all that it is red", result)
    ok(result.seconds < patient(60), f"{append}: soon", f"{result.seconds:.1f} s")
    # If the other CPU's part was long before, only the CPU that met the violation has a column.
    columns = re.search(r"^# CPU\d+( +\| CPU\d+)*$", result.out, re.M)
    ok(columns and ("oracles=walks" not in options or "|" in columns.group()), f"{append}: a history", result)
    ok(re.search(r"seed[ =]*(0x)?[0-9a-f]+", result.out), f"{append}: its seed", result)
    ok(re.search(r"make run .*SEED=", result.out), f"{append}: the command that replays it", result)

# A policy that is one says so in its help. Bugs that torture does not show are 22-explore.t's.
for name in re.findall(r"^# list: policy (\S+) .* busted: ", listing, re.M):
    ok(name in [v[0] for v in variants], f"policy={name}: there are options that show the bug", listing)
ok(re.search(r"^# list: model-only ", listing, re.M), "planted bugs that torture does not show are listed as such", listing)

# The same options without the bug are green: it is the bug that is seen.
for options in sorted({" ".join(options) for _, *options in variants}):
    result = boot(SMP=4, APPEND=options, **({} if "duration=" in options else {"DURATION": 1}))
    if "policy=never" in options:
        ok(result.status == 1, f"{options}: red by itself", result)
    else:
        ok(result.status == 0, f"without the bug, {options or 'default options'}: green", result)
done()
