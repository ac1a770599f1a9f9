#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Torture with INVLPGB=hw: which policies hold, which do not, and TLBSYNC is needed."""
import re

from patched import boot, boot_counted, need_patched
from hosttest import boot as boot_plain, done, equal, ktap, ok, one_line, patient
from table import Report

listed = need_patched("torture")
SOUND = ("broadcast", "receipt", "targeted", "mmcpus")
NEED = {"collapse", "unshare"}  # the operations that wait for walkers


def of(report, op):
    return [row for row in report.rows if row.name == op]


for tcg in ("single", "multi"):
    useful = 0
    for policy in SOUND:
        name = f"TCG={tcg} POLICY={policy}"
        result, invlpgbs, tlbsyncs = boot_counted(INVLPGB="hw", POLICY=policy, SMP=4, TCG=tcg, DURATION=3)
        log = ktap.parse(result.out)
        ok(result.status == 0 and log.passed, f"{name}: green", "\n".join(log.refusals), result)
        report = Report(result.out)
        ok(report.rows and "flush=invlpgb," in result.out, f"{name}: by INVLPGB, the table says", result)
        equal(report.total("viol"), 0, f"{name}: no violations", result)
        ok(all(all(row.numbers("done")) for row in report.rows), f"{name}: every operation was done", result)
        equal(sum(sum(row.numbers("flush/op")) for row in report.rows), 0, f"{name}: no flush interrupts", result)
        ok(invlpgbs >= report.done() / 2 and tlbsyncs > 0, f"{name}: real ones, QEMU has seen them",
           f"INVLPGB {invlpgbs}, TLBSYNC {tlbsyncs}, operations {report.done()}")
        # No flush waited, so none may be taken for a wait.
        for op in NEED:
            ok(all(sum(row.numbers("sync/op")) for row in of(report, op)) or policy != "broadcast",
               f"{name}: {op} was followed by a sync", result)
        useful += sum(sum(row.numbers("useful")) for op in NEED for row in of(report, op))
    ok(useful > 0, f"TCG={tcg}: some sync found a walker to wait for", result)

    result = boot(INVLPGB="hw", POLICY="never", SMP=4, TCG=tcg, DURATION=patient(20), TIMEOUT=patient(100))
    ok(result.status == 1, f"TCG={tcg} POLICY=never: red", result)

    append = "busted=invlpgb_no_tlbsync oracles=canary"
    result = boot(INVLPGB="hw", POLICY="broadcast", SMP=4, TCG=tcg, DURATION=patient(20), TIMEOUT=patient(100), APPEND=append)
    ok(result.status == 1 and re.search(r"^# VIOLATION canary", result.out, re.M),
       f"TCG={tcg} without TLBSYNC: red, canary sees it", result)

# Same seed, same log, to the bit: nothing that INVLPGB does depends on the host.
again = {"INVLPGB": "hw", "POLICY": "broadcast", "SMP": 4, "DETERMINISTIC": 1, "SEED": 7, "DURATION": 1}
runs = [boot(timeout=200, **again) for _ in range(2)]
ok(runs[0].status == 0, "DETERMINISTIC=1: green", runs[0])
equal(runs[0].out == runs[1].out, True, "DETERMINISTIC=1: the same log twice")

# Asked for where there is none: said, not replaced.
for name, result in (
    ("a QEMU without INVLPGB", boot_plain(INVLPGB="hw", SMP=2, ACCEL="tcg", timeout=20)),
    ("max,-invlpgb", boot(",-invlpgb", INVLPGB="hw", SMP=2, timeout=20)),
):
    one_line(result, r"invlpgb=hw: .*INVLPGB", name, channel="both")
done()
