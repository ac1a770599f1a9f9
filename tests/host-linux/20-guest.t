#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make explore LINUX_GUEST=1: Linux's kvm_flush_tlb_multi(), which leaves preempted vCPUs to the hypervisor."""
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

from hosttest import done, equal, ok, run  # noqa: E402

KVM = "arch/x86/kernel/kvm.c"

for suite in ("bookworm", "trixie", "trixie-backports"):
    GUEST = {"LINUX": f"debian:{suite}", "LINUX_GUEST": "1"}
    DIR = os.path.relpath(run(["tools/linux/prepare.sh"], env=GUEST, timeout=500).out.strip())
    for scenario in ("linux_collapse_vs_gup", "linux_khugepaged_vs_gup"):
        result = run(["make", "explore", f"SCENARIO={scenario}", "CASE=pv"], env=GUEST, timeout=500)
        ok(result.status == 0, f"{suite}: {scenario}, every case as expected", result.out, result.err)
        ok(re.search(r"\.pv\.broadcast\+preempt # never .*complete=yes useful=[1-9]", result.out) and
           re.search(r"\.pv\.never\+preempt # red ", result.out), "the sync waits for walkers; without it red", result.out)
    result = run([f"{DIR}/explore", "linux_collapse_vs_gup", "pv.never"], timeout=100)
    ok("# needs: preemption of CPU1" in result.out, "and that needs the preemption", result.out)
    result = run([f"{DIR}/explore", "linux_zap_vs_load", "pv"], timeout=100)
    ok(result.status == 0 and "complete=yes" in result.out, "no page is used when it is free", result.out)

    with open(f"{DIR}/source/{KVM}", encoding="utf-8") as file:
        text, times = re.subn(r"state \| KVM_VCPU_FLUSH_TLB", "state", file.read())
    equal(times, 1, "the place where the hypervisor is asked")
    with tempfile.TemporaryDirectory(prefix="linux-") as folder:
        os.makedirs(os.path.dirname(f"{folder}/{KVM}"))
        with open(f"{folder}/{KVM}", "w", encoding="utf-8") as file:
            file.write(text)
        run(["tools/linux/build.sh", DIR, folder], timeout=200)
    result = run([f"{DIR}/edited/explore", "linux_zap_vs_load", "pv"], timeout=100)
    ok(result.status == 1 and "hardware: CPU1 uses page" in result.out, "not asked to flush: red", result.out)

result = run(["make", "explore", f"LINUX=debian:{suite}", "SCENARIO=linux_collapse_vs_gup", "CASE=pv"], timeout=500)
ok(result.status == 2 and "left out: all cases with flush pv; " in result.err, "not in a Linux that is no guest", result.err)
result = run(["tools/linux/prepare.sh"], env={**GUEST, "LINUX_GUEST": "yes"})
ok(result.status == 2 and "LINUX_GUEST=yes: 1 or 0" in result.err, "LINUX_GUEST is 1 or 0", result.err)
done()
