#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What went wrong in a run, from its serial log.

usage: failure.py LOG IMAGE STATUS     a summary of a few lines, with the lines of the source; STATUS: run.sh's

A failure has a *signature*: what it says of itself without numbers, and the functions that it went
through. Two runs with the same signature met the same bug, or nearly so (tools/campaign.py)."""
import re
import subprocess
import sys

SHOWN = 6  # calls in a summary
# They report; the bug is in what called them.
REPORTERS = ("panic", "__lockdep_assert", "watchdog_report", "report_one", "watchdog_report_self", "check", "report", "fatal", "dump_stack")
FRAME = re.compile(r"^# +\[<([0-9a-f]+)>\] (\S+?)(?:\+0x[0-9a-f]+)?$")


class Failure:
    """@kind: violation, panic, red, hang or reset; @title: one line; @calls: [(address, function)] of a panic."""

    def __init__(self, kind, title, calls=()):
        self.kind, self.title, self.calls = kind, title, list(calls)

    @property
    def signature(self):
        words = re.sub(r"0x[0-9a-f]+|\b\d+\b|(?<=[a-zA-Z])\d+", "N", self.title)
        return " < ".join([f"{self.kind}: {words}", *[name for _, name in self.calls[:3]]])


def calls_after(lines):
    """The backtrace that begins in @lines, without those that only report."""
    calls = []
    for line in lines:
        frame = FRAME.match(line)
        if frame:
            calls.append((int(frame.group(1), 16), frame.group(2).split(".")[0]))
        elif calls:
            break
    while calls and (calls[0][1] in REPORTERS or calls[0][1].startswith("__ubsan_handle")):
        calls.pop(0)
    return calls


def of_log(text, status):
    """The failure of a run that ended with @status (run.sh's), or None."""
    if status == 0:
        return None
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if line.startswith("# VIOLATION "):
            return Failure("violation", line[len("# VIOLATION "):])
        if line.startswith("panic: "):
            return Failure("panic", line[len("panic: "):], calls_after(lines[i + 1:]))
    if status == 4:
        return Failure("hang", "no verdict within the time limit")
    red = [line for line in lines if re.match(r" *not ok\b", line)]
    if red:
        return Failure("red", re.sub(r"^ *not ok \d+ (- )?", "", red[0]))
    if status == 3:
        return Failure("reset", "the machine reset itself, or QEMU was quit")
    return Failure("error", next((l for l in lines if l.startswith("error: ")), f"status {status}"))


def places(addresses, image):
    """["file:line"] of return addresses: of the call, which is before."""
    if not addresses:
        return []
    try:
        out = subprocess.run(["addr2line", "-e", image, *[hex(a - 1) for a in addresses]], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return ["?"] * len(addresses)
    return [re.sub(r"^.*?/((?:arch|boot|kernel|mm|tests)/)", r"\1", line.split(" ")[0]) for line in out]


def summary(text, image, status):
    failure = of_log(text, status)
    if not failure:
        return []
    # run.sh itself says how a run without a verdict ended.
    lines = [] if failure.kind in ("reset", "hang") else [f"{failure.kind}: {failure.title}"]
    shown = failure.calls[:SHOWN]
    lines += [f"    {name}() at {place}" for (_, name), place in zip(shown, places([a for a, _ in shown], image))]
    command = re.search(r"^# reproduce: (.*)$", text, re.M)
    seed = re.search(r"seed=(0x[0-9a-f]+)", text)
    if command:
        lines.append(f"again: {command.group(1)}")
    elif seed:
        lines.append(f"again: the same command with SEED={seed.group(1)}")
    return lines


def main():
    log, image, status = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in summary(file.read(), image, status):
            print(f"run.sh: {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
