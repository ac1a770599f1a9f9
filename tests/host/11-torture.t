#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Short torture runs: every size of machine, and every firmware, green on IPIs."""
import re

from hosttest import boot, done, equal, ktap, need_kernel, ok, patient
from table import Report

need_kernel("torture")
BOOTED = {"direct": "PVH", "bios": "multiboot2 (BIOS)", "uefi": "multiboot2 (UEFI)"}
# A phase is as long as it takes to race every operation at least once on a busy machine.
SECONDS = {1: 1, 2: 2, 4: 2, 16: 3, 64: 5}
# By the firmware only memory and what else is found differ: the largest machine has most of it.
for firmware, booted in BOOTED.items():
    for smp in SECONDS if firmware == "direct" else (64,):
        name = f"SMP={smp} FIRMWARE={firmware}"
        result = boot(SMP=smp, FIRMWARE=firmware, DURATION=patient(SECONDS[smp]), timeout=150)
        ok(result.status == 0, f"{name}: green", result)
        ok(f"booted by {booted}" in result.out, f"{name}: booted by {booted}", result)
        log = ktap.parse(result.out)
        ok(log.passed, f"{name}: a whole KTAP log, all of it ok", "\n".join(log.refusals), result)
        report = Report(result.out)
        if not ok(report.rows and report.walks, f"{name}: ends with the table", result):
            continue
        ok(not report.wide, f"{name}: the table fits an e-mail", "\n".join(report.wide))
        for policy, (walks, cpus, of) in report.walks.items():
            ok(cpus == of == smp and walks >= smp, f"{name} {policy}: walkers made progress on every CPU", result)
        equal(report.total("viol"), 0, f"{name}: no violations", result)
        ok(all(all(row.numbers("done")) for row in report.rows), f"{name}: every operation was done", result)
        if smp == 1:
            continue
        equal(report.total("useful"), 0, f"{name}: no sync was ever useful on IPIs", result)
        for table in report.tables:
            if table.policies[-1] in ("implied", "receipt"):
                for op in ("collapse", "unshare"):
                    # With one walker besides the writer a second may pass without a race.
                    fair = ("no use seen", "untested", "sound") if smp == 2 else ("no use seen",)
                    verdict = table.rows[op].verdict
                    ok(verdict in fair, f"{name} {table.policies[-1]}: of {op}'s sync no use is seen", verdict, result)
                    ok(sum(table.rows[op].numbers("raced")) or verdict != "no use seen",
                       f"{name} {table.policies[-1]}: {op}: not without a race", result)
        ok({"implied", "receipt"} <= {t.policies[-1] for t in report.tables},
           f"{name}: with the second IPI and without it", result)

# An oracle that has no room says so, whatever else it saw: red, and no verdict that reads like one.
result = boot(SMP=2, DURATION=1, POLICY="broadcast,implied", OPS="collapse,zap", APPEND="busted=oracle_no_room")
ok(result.status == 1 and re.search(r"^# INCOMPLETE \w+: \d+ .* forgotten", result.out, re.M),
   "oracles without room: red, and the line says whose table was full", result)
log = ktap.parse(result.out)
ok(not log.refusals and not log.passed, "oracles without room: a whole KTAP log, not ok", result)
verdicts = {row.verdict for row in Report(result.out).rows}
ok(verdicts == {"incomplete"}, "oracles without room: every verdict is incomplete", verdicts, result)
done()
