# SPDX-License-Identifier: GPL-2.0
"""make bench-check: ratios and counts of a short run against those of a committed one.

A ratio is an operation's time by that of the same operation under broadcast, measured side by side. Absolute
times are never compared. What differs is measured again, and counts if it differs again. A line of the baseline:
BENCH VARIANT MASK POLICY RATIO FLUSH SYNC.
"""
import os
import sys

import bench_rows

SMP = 8
SLICE = 40  # ms
BENCHES = "collapse,spread,unshare,zap"
POLICIES = "broadcast,implied,mmcpus,receipt"
SLOWER = 1.25  # a ratio may be so many times the baseline's
DIRECTORY = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests/bench")


def measured(rows):
    """{(bench, variant, mask, policy): (ratio, flush IPIs, sync IPIs)}"""
    found = {}
    for row in rows:
        if row.get("policy", "none") == "none":
            continue
        base = bench_rows.beside(rows, row, variant=row["variant"], policy="broadcast")
        found[row["bench"], row["variant"], row["mask"], row["policy"]] = (
            bench_rows.ratio(row, base), row["flush_ipis"], row["sync_ipis"])
    return found


def read(path):
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            bench, variant, mask, policy, ratio, flush, sync = line.split()
            found[bench, variant, int(mask), policy] = (float(ratio), float(flush), float(sync))
    return found


def write(path, found, machine):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"# make bench-check on {SMP} CPUs, {machine['host']}; made by tools/bench.py check --update\n"
                   "# bench variant mask policy ratio flush_ipis sync_ipis\n")
        for key, (ratio, flush, sync) in found.items():
            file.write(f"{' '.join(map(str, key))} {ratio:.3f} {flush} {sync}\n")


def differences(found, want):
    """{(measurement, what of it differs): a line that says how}"""
    lines = {}
    for key, (ratio, flush, sync) in want.items():
        name = "{} {}, mm on {}, {}".format(*key)
        if key not in found:
            lines[key, "absent"] = f"{name}: not measured"
            continue
        now, flush_now, sync_now = found[key]
        if now > ratio * SLOWER:
            lines[key, "time"] = f"{name}: takes {now:.2f} of broadcast's time, in the baseline {ratio:.2f}"
        if (flush_now, sync_now) != (flush, sync):
            lines[key, "count"] = (f"{name}: {flush_now:g} flush and {sync_now:g} sync IPIs, "
                                   f"in the baseline {flush:g} and {sync:g}")
    return lines


def measure(boot):
    """(the machine, what was measured)"""
    rows, _ = boot(SMP, BENCH=BENCHES, POLICY=POLICIES, append=f"slice={SLICE}")
    return rows[0], measured(rows)


def run(boot, options):
    machine, found = measure(boot)
    path = options.baseline or os.path.join(DIRECTORY, f"baseline-{machine['machine'].replace(' ', '-')}")
    if options.update:
        write(path, found, machine)
        print(f"{len(found)} ratios are now the baseline: {os.path.relpath(path)}")
        return 0
    if not os.path.exists(path):
        print(f"bench.py: no baseline for this machine ({machine['machine']}); "
              "tools/bench.py check --update makes one", file=sys.stderr)
        return 2
    want = read(path)
    red = differences(found, want)
    if red:
        again = differences(measure(boot)[1], want)
        red = {what: line for what, line in red.items() if what in again}
    for line in red.values():
        print(f"not ok {line}")
    print(f"{'not ok' if red else 'ok'} bench-check: {len(want)} ratios and their counts, {len(red)} differ")
    return 1 if red else 0
