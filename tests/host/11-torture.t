#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Short torture runs: every size of machine under every firmware, green on IPIs."""
from hosttest import boot, done, equal, ktap, need_kernel, ok, patient
from table import Report

need_kernel("torture")
BOOTED = {"direct": "PVH", "bios": "multiboot2 (BIOS)", "uefi": "multiboot2 (UEFI)"}
# A phase is as long as it takes to race every operation at least once on a busy machine.
SECONDS = {1: 1, 2: 2, 4: 2, 16: 3, 64: 5}
for smp in SECONDS:
    for firmware, booted in BOOTED.items():
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
                    fair = ("redundant", "untested") if smp == 2 else ("redundant",)
                    verdict = table.rows[op].verdict
                    ok(verdict in fair, f"{name} {table.policies[-1]}: {op} is redundant", verdict, result)
        ok({"implied", "receipt"} <= {t.policies[-1] for t in report.tables},
           f"{name}: with the second IPI and without it", result)
done()
