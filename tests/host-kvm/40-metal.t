#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Scenarios on driven CPUs that are vCPUs of KVM: what its host writes is not put back, and its
timing does not end a search."""
import re

import nested
from hosttest import done, equal, need_kernel, ok, patient

# Short ones: a CPU that spins at its gate keeps others off until its host's slice for it is over. And none
# with a bug that only a TLB shows: that of the emulated CPU is empty after each exit.
CASES = ("call_vs_reuse.ipi.broadcast", "lock_vs_lock.ipi.broadcast", "lock_vs_trylock.ipi.broadcast",
         "trylock_vs_trylock.ipi.broadcast", "rcu_vs_begin.ipi.broadcast", "wake_vs_sleep.ipi.broadcast")

need_kernel("metal")
with nested.Host() as host:
    result = host.guest(f"run=metal seconds={patient(120)} scenario={','.join(CASES)}", smp=3)
    ok(result.status == 0, "green", result)
    found = re.findall(r"^(ok|not ok) \d+ (\S+) # (never|red).* complete=(yes|no)", result.out, re.M)
    for case in CASES:
        mine = [(good, verdict, whole) for good, name, verdict, whole in found if name.startswith(case)]
        ok(mine and all(m in (("ok", "never", "yes"), ("ok", "red", "no")) for m in mine),
           f"{case}: as the model has it, complete or red", mine, result)
    result = host.guest("run=metal flush=pv scenario=lock_vs_lock", smp=3)
    ok(result.status == 2 and re.search("^error: metal: .*flush=", result.out, re.M),
       "flush=pv: refused, KVM would write to what is put back", result)
    result = host.guest("run=metal plant=silent watchdog=1 scenario=lock_vs_lock.ipi.broadcast", smp=3)
    ok(result.status == 3 and "has reached no sync point" in result.out, "a CPU that never answers: status 3", result)
    equal(len(re.findall(r"^panic: ", result.out, re.M)), 1, "and one line", result)
done()
