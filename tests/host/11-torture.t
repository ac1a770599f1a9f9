#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Short torture runs: every size of machine under every firmware, green on IPIs."""
from hosttest import boot, done, need_kernel, ok
from table import Table

need_kernel("torture")
BOOTED = {"direct": "PVH", "bios": "multiboot2 (BIOS)", "uefi": "multiboot2 (UEFI)"}
for smp in (1, 2, 4, 16, 64):
    for firmware, booted in BOOTED.items():
        name = f"SMP={smp} FIRMWARE={firmware}"
        result = boot(SMP=smp, FIRMWARE=firmware, DURATION=1, timeout=120)
        ok(result.status == 0, f"{name}: green", result)
        ok(f"booted by {booted}" in result.out, f"{name}: booted by {booted}", result)
        table = Table(result.out)
        if not ok(table.found and table.rows, f"{name}: ends with the table", result):
            continue
        ok(not table.wide, f"{name}: the table fits an e-mail", "\n".join(table.wide))
        ok(table.walks and table.walks[1:] == (smp, smp) and table.walks[0] > 0,
           f"{name}: walkers made progress on every CPU", table.walks, result)
        ok(table.total("viol") == 0, f"{name}: no violations", result)
        ok(all(sum(n or 0 for n in row.numbers("done")) > 0 for row in table.rows.values()),
           f"{name}: every operation was done", result)
        if smp > 1:
            ok(table.total("useful") == 0, f"{name}: no sync was ever useful on IPIs", result)
            for op in ("collapse", "unshare"):
                ok(op in table.rows and table.rows[op].verdict.startswith("redundant"),
                   f"{name}: {op}: the second IPI is redundant", result)
        ok("tcg" in result.out.lower() or "kvm" in result.out.lower(), f"{name}: says on what it ran", result)
done()
