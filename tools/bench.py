#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make bench: what the second IPI costs, and what removing it saves (docs/bench.md).

usage: bench.py [check [--update]]

Without BENCH= a sweep: the operations on 1, 2, 4, ... SMP CPUs, all else on SMP, and the operations
under every other backend that this machine has. With BENCH= one boot. The variables of run.sh hold.
The lines of each boot are kept in build/bench/FLUSH-CPUS.jsonl, its console in FLUSH-CPUS.log, and in
host.json what the machine around it is.

check: a short run; the ratios of its times, and its counts, against tests/bench/baseline-MACHINE.

Exit status: 0 as it must be, 1 red, 2 bad option or something missing, 3 and 4 as of run.sh.
"""
import argparse
import os
import signal
import sys

import bench_check
import bench_host
import bench_rows
import bench_text
from matrix_image import Guests, Image

OPERATIONS = "collapse,retract,unshare,zap"
OUT = bench_rows.OUT
KEPT = (".jsonl", ".log")
LIMIT = 400  # seconds of one boot


def note(text):
    print(f"bench.py: {text}", file=sys.stderr, flush=True)


def boot(cpus, **variables):
    """(its rows, its console) of one run; ends this one if that fails."""
    guests = Guests(cpus)
    append = " ".join(filter(None, ["json=on", os.environ.get("APPEND"), variables.pop("append", "")]))
    # A page table and a few MiB of huge pages for each CPU's process in the storm.
    variables.setdefault("MEM", os.environ.get("MEM") or 256 + 10 * cpus)
    for name in ("POLICY", "FLUSH"):
        if os.environ.get(name):
            variables.setdefault(name, os.environ[name])
    variables.setdefault("FLAVOUR", os.environ.get("FLAVOUR") or "bench")
    variables.setdefault("RUN", "bench")
    try:
        status, out, err = guests.run(LIMIT, APPEND=append, **variables)
    except BaseException:
        guests.end()
        raise
    if status:
        sys.stdout.write(bench_rows.console(out))
        sys.stderr.write(err)
        sys.exit(status if status > 0 else 2)
    return bench_rows.parse(out), out


def keep(cpus, **variables):
    """One boot, shown and kept."""
    rows, out = boot(cpus, **variables)
    print(bench_rows.console(out), end="", flush=True)
    name = os.path.join(OUT, f"{rows[0]['flush']}-{cpus}")
    bench_rows.save(name + KEPT[0], rows)
    bench_rows.write(name + KEPT[1], out)
    bench_rows.write(os.path.join(OUT, bench_host.NAME), bench_host.facts())
    return rows


def sweep(smp):
    """All rows of 1, 2, 4, ... @smp CPUs, then of the other backends."""
    rows, cpus = [], 1
    for old in os.listdir(OUT) if os.path.isdir(OUT) else ():
        if old.endswith(KEPT):
            os.unlink(os.path.join(OUT, old))
    while cpus < smp:
        rows += keep(cpus, BENCH=OPERATIONS)
        cpus *= 2
    rows += keep(smp)
    if not os.environ.get("FLUSH"):
        for column in Image(boot(1, RUN="list", append="json=off")[1]).columns:
            if column.name == "ipi" or column.options != f"flush={column.name}":
                continue
            if column.why_not:
                note(f"flush={column.name} is left out: {column.why_not}")
            else:
                rows += keep(smp, BENCH=OPERATIONS, FLUSH=column.name)
    return rows


def bench(smp):
    """Status."""
    if os.environ.get("BENCH"):
        rows = keep(smp, BENCH=os.environ["BENCH"])
    else:
        rows = sweep(smp)
        print(bench_text.sweep(rows), end="")
    text, red = bench_text.verdicts(rows, smp)
    print(text, end="")
    print(f"kept in {os.path.relpath(OUT)}")
    return 1 if red else 0


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("what", nargs="?", choices=["check"])
    args.add_argument("--update", action="store_true", help="check: make this run the baseline")
    args.add_argument("--baseline", metavar="FILE", help="check: another one")
    options = args.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    smp = os.environ.get("SMP") or "4"
    if options.what:
        return bench_check.run(boot, options)
    if not smp.isdigit() or not int(smp):
        note(f"SMP={smp}: not a number of CPUs")
        return 2
    return bench(int(smp))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
