#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make bench-linux: what one operation costs in a real Linux and in this kernel, on the same QEMU with
the same CPUs. Counts must agree; of times there are only ratios. docs/bench.md."""
import os
import re
import sys

import bench
import bench_rows
import linux_guest
from linux_guest import TOP, Failed

# (row, measurement and variant): the same in tests/bench-linux and in tests/bench
ROWS = (
    ("collapse", "collapse", "op"),
    ("unshare: munmap", "unshare", "one"),
    ("unshare: mprotect", "mprotect", "op"),
    ("unshare: exit", "exit", "op"),
    ("zap, with tables", "zap", "batch"),
)
REFERENCE = "ipi"  # the variant that is a bare broadcast, in both kernels
ROUNDS = 30
SLICE = 50  # ms for each of our contestants
DIFFERS = "DIFFERS"


## Comparison


class Row:
    """One operation with the mm on @mask CPUs: Linux's record, and ours under each policy."""

    def __init__(self, name, linux, ours):
        self.name, self.linux, self.ours = name, linux, ours

    @property
    def steady(self):
        """Most rounds had the same counts: in the others the kernel did something else as well."""
        return 2 * self.linux["odd"] < self.linux["n"]

    def counts(self, policy):
        return (self.ours[policy]["flush_ipis"], self.ours[policy]["sync_ipis"])

    def verdict(self, wanted):
        """(text, good). @wanted: the policy that Linux must count as; None: any."""
        if not self.steady:
            return f"odd {self.linux['odd']}/{self.linux['n']}", False
        if not self.ours:
            return "-", True
        got = (self.linux["flush_ipis"], self.linux["sync_ipis"])
        same = [policy for policy in self.ours if self.counts(policy) == got]
        if not same or wanted and wanted not in same:
            return DIFFERS, False
        return "as all" if len(same) == len(self.ours) else f"as {wanted or same[0]}", True


    def why(self):
        """What a count that differs is known to come from."""
        flush, sync = self.linux["flush_ipis"], self.linux["sync_ipis"]
        want_flush, want_sync = self.counts(next(iter(self.ours)))
        if flush == 0 < want_flush:
            return "the flush interrupts no CPU: INVLPGB, or a hypercall"
        if flush < want_flush:
            return "fewer CPUs are flushed: some were lazy, or vCPUs preempted (KVM)"
        if flush > want_flush:
            return "more CPUs are flushed: by a second flush, or copy-on-write meanwhile"
        if sync > want_sync:
            return "more calls: another broadcast, or wakeups and work that are no sync"
        return "fewer calls: no sync, or one of fewer CPUs"


def same(results, like):
    """Those of the same operation, with the mm on as many CPUs."""
    return bench_rows.pick(results, **{key: like[key] for key in ("bench", "variant", "mask")})


def rows(linux, ours):
    """In the order of Linux's results."""
    names = {(measurement, variant): name for name, measurement, variant in ROWS}
    return [Row(names[(result["bench"], result["variant"])], result, {r["policy"]: r for r in same(ours, result)})
            for result in linux if (result["bench"], result.get("variant")) in names]


## Text: 72 columns with two policies


def policies_of(table):
    return list(dict.fromkeys(policy for row in table for policy in row.ours))


def counts_table(title, table, wanted):
    """(lines, whether all are good)"""
    policies = policies_of(table)
    lines = [title, "",
             f"{'IPIs for each':17} {'mm':>4} {'Linux':>11}" + "".join(f" {p[:11]:>11}" for p in policies),
             f"{'operation':17} {'CPUs':>4}" + f" {'flush':>5} {'sync':>5}" * (1 + len(policies)) + "  counts"]
    good = bool(table)
    for row in table:
        text, fine = row.verdict(wanted)
        good &= fine
        cells = [(row.linux["flush_ipis"], row.linux["sync_ipis"])] + [row.counts(p) if p in row.ours else ("-", "-") for p in policies]
        lines.append(f"{row.name:17} {row.linux['mask']:>4}" + "".join(f" {flush:>5} {sync:>5}" for flush, sync in cells) + f"  {text}")
        if text == DIFFERS:
            lines.append(f"  {row.why()}")
    return lines, good


def in_broadcasts(results, result, key="median"):
    """Its time, in bare broadcasts that took turns with it."""
    return result[key] / bench_rows.beside(results, result, variant=REFERENCE, mask=result["mask"])["median"]


def time_cell(results, result):
    return f"{in_broadcasts(results, result):.1f} ±{in_broadcasts(results, result, 'spread'):.1f}"


def times_table(table, linux, ours):
    policies = policies_of(table)
    lines = ["", "median time ±spread, in bare broadcasts of the same kernel and run", "(ratios only)", "",
             f"{'operation':17} {'CPUs':>4} {'Linux':>15}" + "".join(f" {p[:15]:>15}" for p in policies)]
    for row in table:
        cells = [time_cell(linux, row.linux)]
        cells += [time_cell(ours, row.ours[p]) if p in row.ours else "-" for p in policies]
        lines.append(f"{row.name:17} {row.linux['mask']:>4}" + "".join(f" {text:>15}" for text in cells))
    return lines


def saved_table(runs):
    """What the last kernel saves against the first one. They were not measured in turns: less time than the spread
    of either is said to be noise."""
    (first, before), (last, after) = runs[0], runs[-1]
    lines = ["", f"saved by {last} against {first}: IPIs, and time in bare broadcasts", "",
             f"{'operation':17} {'CPUs':>4} {'flush':>5} {'sync':>5} {'time':>11}"]
    for row in rows(before, []):
        old = row.linux
        for new in same(after, old):
            ipis = [old[key] - new[key] for key in ("flush_ipis", "sync_ipis")]
            time = in_broadcasts(before, old) - in_broadcasts(after, new)
            noise = max(in_broadcasts(before, old, "spread"), in_broadcasts(after, new, "spread"))
            text = f"{time:.1f}" if abs(time) > noise else "noise"
            lines.append(f"{row.name:17} {old['mask']:>4} {ipis[0]:>5} {ipis[1]:>5} {text:>11}")
    return lines


## The runs


def note(text):
    print(f"bench-linux: {text}", file=sys.stderr, flush=True)


def keep(name, results):
    path = os.path.join(bench.OUT, "linux", f"{re.sub(r'[^A-Za-z0-9._+-]', '-', name)}.jsonl")
    bench_rows.save(path, results)
    note(os.path.relpath(path, TOP))


def run_linux(kernel, smp, masks):
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "APPEND", "POLICY", "FLUSH")}
    env.update(SMP=str(smp), MEM=os.environ.get("MEM") or str(max(512, 12 * smp)))
    seconds = number("TIMEOUT", 120 + 4 * smp, 1)
    text = linux_guest.boot(linux_guest.machine(kernel, env), [f"rounds={ROUNDS}", *(f"mask={mask}" for mask in masks)],
                            os.environ.get("LINUX_APPEND", ""), seconds)
    try:
        return bench_rows.parse(text)
    except ValueError as why:
        raise Failed(2, f"a line of Linux's is no JSON: {why}") from why


def run_ours(smp, mask, benches, options="", **variables):
    """The same operations, with the second IPI and without it, with the mm on @mask CPUs. @options of the kernel,
    @variables of run.sh."""
    policies = ["broadcast", "implied", *filter(None, [os.environ.get("POLICY")])]
    return bench.boot(smp, BENCH=",".join(benches), POLICY=",".join(dict.fromkeys(policies)), append=f"crew={mask} slice={SLICE} {options}",
                      **variables)[0]


def kernels():
    """[file] as KERNEL= or LINUX= say; the running release's if neither does."""
    if os.environ.get("KERNEL"):
        return [linux_guest.kernel_of(name) for name in os.environ["KERNEL"].split(",")]
    name = os.environ.get("LINUX") or "debian"
    if name == "debian" or name.startswith("debian:"):
        return [linux_guest.fetched(name[len("debian:"):])]
    return [linux_guest.kernel_of(name)]


def number(name, default, least):
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or int(text) < least:
        raise Failed(2, f"{name}={text}: not a number of at least {least}")
    return int(text)


def main():
    smp = number("SMP", 4, 2)
    masks = list(dict.fromkeys((smp, 2)))
    # A kernel of the user's may have the series; one of Debian's has it not.
    wanted = os.environ.get("POLICY") or (None if os.environ.get("KERNEL") else "broadcast")
    runs, files = [], kernels()
    for file in files:
        note(f"Linux on {smp} CPUs: {os.path.relpath(os.path.realpath(file), TOP)}")
        results = run_linux(file, smp, masks)
        name = results[0]["release"]
        if any(name == other for other, _ in runs):
            name += f" ({len(runs) + 1})"
        runs.append((name, results))
        keep(name, results)
    note("our kernel")
    benches = list(dict.fromkeys(measurement for _, measurement, _ in ROWS))
    ours = []
    for mask in masks:
        # The sets of each boot begin at the same number.
        ours += [{**row, "set": (mask, row.get("set"))} for row in run_ours(smp, mask, benches)]
    keep("ours", ours)
    good = True
    for name, results in runs:
        table = rows(results, ours)
        lines, fine = counts_table(f"\nLinux {name} beside ours: {smp} CPUs, {ours[0].get('host', '')}", table, wanted)
        good &= fine
        print("\n".join(lines + times_table(table, results, ours)))
    if len(runs) > 1:
        print("\n".join(saved_table(runs)))
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as why:
        if str(why):
            note(why)
        sys.exit(why.status)
    except KeyboardInterrupt:
        sys.exit(130)
