#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""table.py DIR: one screen from DIR/explore.tap: in this tree, for this flush, is the second IPI
redundant, and is the tree sound without it? Then what was real, and what was bounded."""

import os
import re
import subprocess
import sys
import textwrap

WIDTH = 72
TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
CASE = re.compile(
    r"(not )?ok \d+ linux_(\w+)\.([\w-]+)\.(\w+)(\.\w+)?((?:\+[\w-]+)*) # (no verdict|red|never)(.*)"
)


class Case:
    """One case's line, and the verdict that follows it."""

    def __init__(self, match):
        bad, self.scenario, self.flush, self.policy, self.busted, marks, self.word, rest = match.groups()
        self.unexpected = bool(bad)
        self.marks = marks.replace("+hw", "") if self.flush == "invlpgb" else marks.replace("+hw", "+pcid")
        useful = re.search(r"useful=(\d+)", rest)
        self.useful = int(useful.group(1)) if useful else None
        self.complete = "complete=yes" in rest
        self.oracle = ""

    def verdict(self):
        if self.word == "red":
            return "red: " + self.oracle
        if self.word == "never":
            return "never" if self.complete else "not complete"
        return "no verdict"


def read(path):
    cases, ran, stubs, last = [], [], [], None
    with open(path, encoding="utf-8") as tap:
        for line in tap:
            match = CASE.match(line)
            if match:
                last = Case(match)
                cases.append(last)
            elif line.startswith("#   ") and last and not last.oracle:
                last.oracle = line[4:].split(":")[0]
            elif line.startswith("# ran "):
                ran.append(line.split()[2])
            elif line.startswith("# stub "):
                stubs.append(line.split()[2])
    return cases, ran, stubs


def rows(cases):
    """(scenario, flush and marks): the case with the sync, the case without."""
    table = {}
    for case in cases:
        if not case.busted:
            row = table.setdefault((case.scenario, case.flush + case.marks), [None, None])
            row[case.policy == "never"] = case
    return sorted(table.items())


def answer(with_sync, without):
    """Of one row: about the second IPI."""
    if without is None or with_sync is None:
        return None
    if with_sync.word != "never" or not with_sync.complete or without.word == "no verdict":
        return "open"
    if without.word == "red":
        return "needed"
    if not without.complete:
        return "open"
    return "not needed" if with_sync.useful else "redundant"


def words(scenario):
    return scenario.replace("_", " ")


def print_table(cases):
    """Where the sync matters: a row each. The others: a line for each scenario and verdict."""
    print(f"{'':38}as the tree is     sync made empty")
    print(f"{'operation':22}{'flush':16}{'verdict':12}{'useful':>6} {'verdict'}")
    others = {}
    for (scenario, flush), (with_sync, without) in rows(cases):
        if not without:
            others.setdefault((scenario, with_sync.verdict()), []).append(flush)
            continue
        useful = with_sync.useful if with_sync and with_sync.useful is not None else "-"
        print(f"{words(scenario):22}{flush:16}{with_sync.verdict() if with_sync else '-':12}"
              f"{useful:>6} {without.verdict()}")
    print(f"\n{'without a sync':22}verdict")
    for (scenario, verdict), flushes in others.items():
        print(f"{words(scenario):22}{verdict}: {' '.join(flushes)}")


MEANING = {
    "redundant": "finds no walker; no schedule is red without it",
    "not needed": "finds walkers; no schedule is red without it",
    "needed": "schedules are red without it",
    "open": "a search gave no answer",
}


def print_answers(cases):
    print("\nIs the second IPI, tlb_remove_table_sync_one(), redundant?")
    for flush in sorted({case.flush for case in cases}):
        found = [answer(*row) for (_, name), row in rows(cases) if name.split("+")[0] == flush]
        for word in ("open", "needed", "not needed", "redundant"):
            if word in found:
                print(f"  {flush:10}{word}: {MEANING[word]}")
                break


def functions(explorer, ran):
    """Those that ran, by file of the tree."""
    out = subprocess.run(["addr2line", "-f", "-e", explorer], input="\n".join(ran),
                         capture_output=True, text=True, check=True).stdout.split("\n")
    files = {}
    for name, place in zip(out[0::2], out[1::2]):
        files.setdefault(os.path.relpath(place.split(":")[0], TOP), set()).add(name.removeprefix("lx_"))
    return files


def print_list(title, names):
    print(textwrap.fill(f"{title}: {' '.join(names)}", WIDTH, subsequent_indent="  ",
                        break_on_hyphens=False, break_long_words=False))


def print_real(directory, ran, stubs):
    edited = os.path.join(directory, "edited")
    changed = [os.path.relpath(os.path.join(folder, name), edited)
               for folder, _, names in os.walk(edited) for name in names if name.endswith((".c", ".h"))]
    if os.path.exists(os.path.join(directory, "base")):
        print()
        print_list("Changed by LINUX_COCCI", sorted(changed))
    print("\nReal, unmodified: the files, and the functions of them that ran (inlined")
    print("ones count as their callers)")
    for name, found in sorted(functions(os.path.join(directory, "explore"), ran).items()):
        if not name.startswith(("arch/linux/", "..")):
            print_list("  " + name + (" (changed)" if name in changed else ""), sorted(found))
    print_list("Ours in their place, and ran", sorted(stubs) or ["none"])
    with open(os.path.join(directory, "lx", "zero"), encoding="utf-8") as zero:
        print(f"Variables left zero: {len(zero.readlines())} ({directory}/lx/zero)")


BOUNDS = """Bounded: two CPUs, one page, one operation each. A spinlock is its contract, a
grace period of RCU an interrupt to every CPU. One compiler's code. docs/linux.md"""


def main():
    directory = os.path.relpath(sys.argv[1])
    cases, ran, stubs = read(os.path.join(directory, "explore.tap"))
    if not cases:
        sys.exit(f"linux: {directory}/explore.tap has no results")
    with open(os.path.join(directory, "version"), encoding="utf-8") as version:
        print(f"Linux {version.readline().strip()}\n{directory}\n")
    print_table(cases)
    print_answers(cases)
    unexpected = [c for c in cases if c.unexpected]
    if unexpected:
        print("\nNot as expected:")
        for case in unexpected:
            print(f"  linux_{case.scenario}.{case.flush}.{case.policy}{case.busted or ''}: {case.verdict()}")
    print_real(directory, ran, stubs)
    print(textwrap.fill(BOUNDS, WIDTH))


main()
