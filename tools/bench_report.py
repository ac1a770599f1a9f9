#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""One text with all that a bench found, to mail.

usage: bench_report.py [--output FILE] [LOG...]

Without LOG what make bench has kept. LOG: consoles of RUN=bench APPEND=json=on, of one boot or more: what was captured on the serial
port of a machine without a host (docs/machines.md).

Exit status: 0, 1 a count is not as it must be, 2 no data.
"""
import argparse
import glob
import json
import os
import sys

import bench_host
import bench_linux
import bench_model
import bench_rows
import bench_text

# What the figures of a kind of machine are worth.
EMULATOR = "ratios within one run, at best: an emulator's CPUs take turns"
WORTH = {
    "TCG": EMULATOR,
    "nested KVM": "none: what an exit costs is the outer hypervisor's; not even ratios",
    "KVM": "times, of a guest on this host",
    "bare metal": "times, of this machine",
}


def read(paths):
    """(console, rows, how many JSON lines were damaged) of these logs."""
    console, rows, damaged = "", [], 0
    for path in paths:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read().replace("\r", "")
        except OSError as why:
            raise bench_rows.NoData(f"{path}: {why.strerror}") from why
        for line in text.splitlines():
            try:
                rows += bench_rows.parse(line)
            except ValueError:
                damaged += 1
        console += bench_rows.console(text)
    if not any("ops" in row for row in rows):
        raise bench_rows.NoData(f"no '{bench_rows.MARK}' lines of results in {' '.join(paths) or os.path.relpath(bench_rows.OUT)}; "
                                "make bench SMP=16 measures some, and a boot with run=bench json=on prints some")
    return console, rows, damaged


def machines(rows):
    """The line of each boot; NoData if they cannot be told apart."""
    boots = bench_rows.pick(rows, bench="machine")
    names = [f"{m['cpus']} CPUs, flush={m['flush']}" for m in boots]
    twice = {n for n in names if names.count(n) > 1}
    if twice or not boots:
        raise bench_rows.NoData(f"two boots with {twice.pop()}: give one of them" if twice else "no line of the machine: the log is cut")
    return boots


def kind(machine, host):
    name = machine["machine"]
    return "nested KVM" if name == "KVM" and host.get("virtual") else name


def facts(boots, host):
    """[(what, value)]"""
    machine = boots[0]
    yield "git", host["git"]
    yield "kernel image", host["image"]
    yield "machine", kind(machine, host)
    yield "CPU", machine["cpu"]
    yield "microcode", machine.get("microcode", "unknown")
    yield "APIC", ", ".join(bench_text.unique(m["apic"] for m in boots))
    yield "emulator", machine["host"] or "none"
    if "cpu" in host:
        yield "host's CPU", f"{host['cpu']}, {host['cpus']} online{', itself a guest' if host['virtual'] else ''}"
        yield "host's microcode", host["microcode"]
        yield "host's kernel", host["kernel"]
        yield "QEMU", host["qemu"]
    for flush in bench_text.unique(m["flush"] for m in boots):
        cpus = sorted(m["cpus"] for m in boots if m["flush"] == flush)
        yield "boots", f"flush={flush} on {', '.join(map(str, cpus))} CPUs"
    yield "counts", "exact on any machine: IPIs that are sent, interrupts that are taken"
    yield "times", WORTH.get(kind(machine, host), "times of a guest; its hypervisor is not known here")


def section(title):
    return f"\n{title}\n{'=' * len(title)}\n"


def incomplete(boots, rows):
    """Boots whose log ends before the bench did."""
    lack = len(boots) - len(bench_rows.pick(rows, bench="interrupts"))
    return [f"{lack} of {len(boots)} boots: the log ends before the bench does"] if lack > 0 else []


def linux_text():
    """What make bench-linux has kept, side by side as it prints it; empty if there is nothing."""
    directory = os.path.join(bench_rows.OUT, "linux")
    ours = os.path.join(directory, "ours.jsonl")
    out = []
    for path in sorted(set(glob.glob(os.path.join(directory, "*.jsonl"))) - {ours} if os.path.exists(ours) else ()):
        linux, beside = bench_rows.load(path), bench_rows.load(ours)
        table = bench_linux.rows(linux, beside)
        out += bench_linux.counts_table(f"\nLinux {linux[0]['release']}, {linux[0]['cpus']} CPUs", table, None)[0]
        out += bench_linux.times_table(table, linux, beside)
    return "\n".join(out + [""]) if out else ""


def model_text(rows):
    try:
        return "\n".join(bench_model.text(rows)[0]) + "\n"
    except bench_model.TooFew as why:
        return f"left out: {why}\n"


def report(paths, host, linux=""):
    """(text, whether a count is wrong)"""
    console, rows, damaged = read(paths)
    boots = machines(rows)
    most = max(m["cpus"] for m in boots)
    verdicts, red = bench_text.verdicts(rows, most)
    out = ["shootdown bench report\n======================\n"]
    out += [f"{what + ':':19} {value}\n" for what, value in facts(boots, host)]
    out += [f"note: {line}\n" for line in incomplete(boots, rows) +
            ([f"{damaged} damaged JSON lines are left out"] if damaged else [])]
    out += [section("Verdicts"), verdicts.lstrip("\n")]
    out += [section("Across CPUs and backends"), bench_text.sweep(rows).replace("\nSweep\n", "", 1)]
    out += [section("Scaling"), model_text(rows)]
    out += [section("Linux beside it"), linux] if linux else []
    out += [section("Each boot"), console]
    return "".join(out), red


def kept_host():
    path = os.path.join(bench_rows.OUT, bench_host.NAME)
    if not os.path.exists(path):
        return bench_host.tree()
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("log", nargs="*", metavar="LOG")
    args.add_argument("--output", metavar="FILE", help="into this file, not to the terminal")
    options = args.parse_args()
    paths = options.log or bench_rows.files(".log")
    try:
        # A log from elsewhere says itself what it ran on; only the tree is known here.
        text, red = report(paths, bench_host.tree()) if options.log else report(paths, kept_host(), linux_text())
    except bench_rows.NoData as why:
        print(f"bench_report.py: {why}", file=sys.stderr)
        return 2
    if options.output:
        bench_rows.write(os.path.abspath(options.output), text)
        print(f"report: {options.output}, {len(text) // 1024 + 1} KiB")
    else:
        print(text, end="")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
