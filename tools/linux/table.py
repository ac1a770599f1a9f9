#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""table.py DIR [PATCHED]: one screen from DIR/explore.tap: in this tree, for this flush, is the second
IPI redundant, and is the tree sound without it? Then what was real, and what was bounded. With PATCHED,
the directory of the same tree with patches, also what they change. Status 1: a case of the tree as it
is was never red, and is with the patches; 2: there is no answer to that."""

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


OPERATION = {"khugepaged": "collapse"}


class Case:
    """One case's line, and the lines that follow it: the verdict, how many CPUs were interrupted."""

    def __init__(self, match):
        bad, self.scenario, self.flush, self.policy, busted, marks, self.word, rest = match.groups()
        self.unexpected = bool(bad)
        self.busted = bool(busted)
        self.name = f"linux_{self.scenario}.{self.flush}.{self.policy}{busted or ''}{marks}"
        self.marks = marks.replace("+hw", "") if self.flush == "invlpgb" else marks.replace("+hw", "+pcid")
        useful = re.search(r"useful=(\d+)", rest)
        self.useful = int(useful.group(1)) if useful else None
        self.complete = "complete=yes" in rest
        bounded = re.search(r"bounded=(\d+)", rest)
        self.bounded = int(bounded.group(1)) if bounded else None
        self.oracle = ""
        self.interrupted = {}
        self.stubs = set()

    def known(self):
        """Red with the sync, as its scenario says of Linux."""
        return self.word == "red" and not (self.unexpected or self.busted or self.policy == "never")

    def verdict(self):
        if self.word == "red":
            return "red: " + self.oracle
        if self.word == "never":
            return "never" if self.complete else "bounded" if self.bounded else "not complete"
        return "no verdict"

    def ipis(self):
        """Those outside the sync + those within it; a range, if schedules differ."""
        kinds = (self.interrupted.get(kind) for kind in ("other", "sync"))
        return "+".join("-".join(dict.fromkeys((n[0], n[-1]))) if n else "?" for n in kinds)


class Tree:
    """What the search of one tree has printed, and which tree it was."""

    def __init__(self, directory):
        self.directory = os.path.relpath(directory)
        self.cases, self.ran = [], []
        self.version = self.lines("version")[0]
        for line in self.lines("explore.tap"):
            self.take(line)
        if not self.cases:
            sys.exit(f"linux: {self.directory}/explore.tap has no results")

    def lines(self, name):
        with open(os.path.join(self.directory, name), encoding="utf-8") as file:
            return file.read().splitlines()

    def take(self, line):
        match = CASE.match(line)
        if match:
            self.cases.append(Case(match))
        elif line.startswith("#   ") and self.cases and not self.cases[-1].oracle:
            self.cases[-1].oracle = line[4:].split(":")[0]
        elif line.startswith("# ipis "):
            kind, *numbers = line.split()[2:]
            self.cases[-1].interrupted[kind] = numbers
        elif line.startswith("# ran "):
            self.ran.append(line.split()[2])
        elif line.startswith("# stubs"):
            self.cases[-1].stubs.update(line.split()[2:])

    def by_name(self):
        return {case.name: case for case in self.cases}

    def stubs(self):
        """Functions of ours that ran, by operation: the first word of the scenario's name."""
        operations = {}
        for case in self.cases:
            word = case.scenario.split("_")[0]
            operations.setdefault(OPERATION.get(word, word), set()).update(case.stubs)
        return operations


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
    if without is None or with_sync is None or with_sync.bounded or without.bounded:
        return None # a bounded search says less than the others
    if with_sync.word == "red":
        return "not sound"
    if with_sync.word != "never" or not with_sync.complete or without.word == "no verdict":
        return "open"
    if without.word == "red":
        return "needed"
    if not without.complete:
        return "open"
    return "not needed" if with_sync.useful else "redundant"


def words(scenario):
    return scenario.replace("_", " ")


SHORT = {"not complete": "open", "no verdict": "none", "bounded": "bound"}


def cell(case, width):
    """Its verdict; where there is no room, without the oracle."""
    if case is None:
        return "-"
    verdict = case.verdict()
    return verdict if width > 5 else SHORT.get(verdict, verdict.split(":")[0])


def print_rows(tree, patched):
    """Where the sync matters: a row each."""
    width = 5 if patched else 10
    print(f"{'':34}{'as the tree is':{14 + width}}{'empty' if patched else 'sync empty'}"
          f"{' patched' if patched else ''}")
    head = f"{'operation':21}{'flush':13}{'IPIs':>5} useful "
    print(head + ("red?  sync   IPIs red?" if patched else f"{'verdict':{width}} verdict"))
    before, after = dict(rows(tree.cases)), dict(rows(patched.cases)) if patched else {}
    for key in sorted({**before, **after}):
        (with_sync, without), (other, other_without) = (table.get(key, (None, None)) for table in (before, after))
        if not without and not other_without:
            continue
        useful = with_sync.useful if with_sync and with_sync.useful is not None else "-"
        line = (f"{words(key[0]):21}{key[1]:13}{with_sync.ipis() if with_sync else '-':>5} {useful:>6} "
                f"{cell(with_sync, width):{width}} {cell(without, width):{width}}")
        if patched:
            line += f" {other.ipis() if other else '-':>5} {cell(other, width)}"
        print(line.rstrip())


def print_others(tree, patched):
    """A line for each scenario without a sync, and verdict."""
    after = patched.by_name() if patched else {}
    others = {}
    for (scenario, flush), (case, without) in rows(tree.cases):
        if not without:
            verdict = case.verdict()
            if case.name in after and after[case.name].verdict() != verdict:
                verdict += f", patched {after[case.name].verdict()}"
            others.setdefault((scenario, verdict), []).append(flush)
    print(f"\n{'without a sync':25}verdict")
    for (scenario, verdict), flushes in others.items():
        print(textwrap.fill(f"{words(scenario):25}{verdict}: {' '.join(flushes)}", WIDTH, subsequent_indent=" " * 25))
    if any(case.known() for case in tree.cases):
        print("red above, as the tree is, is known: tests/RACES.md")


LEGEND = """IPIs: CPUs that one operation interrupts, by its flush and all else + within
tlb_remove_table_sync_one(). useful: schedules in which that found a walker.
-: takes long, searched by APPEND=--all, or there is no such case."""


def print_table(tree, patched):
    print_rows(tree, patched)
    print(textwrap.fill(LEGEND, WIDTH))
    oracles = {case.oracle for t in (tree, patched) if t for case in t.cases if case.word == "red" and not case.busted}
    if patched and oracles:
        print_list("red: found by the oracle", sorted(oracles))
    print_others(tree, patched)


MEANING = {
    "redundant": "finds no walker; no schedule is red without it",
    "not needed": "finds walkers; no schedule is red without it",
    "needed": "schedules are red without it",
    "not sound": "also with it schedules are red",
    "open": "a search gave no answer",
}


def print_answers(cases):
    for flush in sorted({case.flush for case in cases}):
        found = [answer(*row) for (_, name), row in rows(cases) if name.split("+")[0] == flush]
        for word in ("not sound", "open", "needed", "not needed", "redundant"):
            if word in found:
                print(f"  {flush:10}{word}: {MEANING[word]}")
                break


def change(name, before, after):
    """What the patches change in this case, in a few words each."""
    if not before or not after:
        yield f"only {'without' if before else 'with'} the patches"
        return
    if before.verdict() != after.verdict():
        yield f"{before.verdict()} -> {after.verdict()}"
        return
    if before.word != "red" and bool(before.useful) != bool(after.useful):
        yield f"useful {before.useful} -> {after.useful}"
    if before.word != "red" and before.ipis() != after.ipis():
        yield f"IPIs {before.ipis()} -> {after.ipis()}"


def print_changes(tree, patched):
    """Return: the status."""
    status = 0
    before, after = tree.by_name(), patched.by_name()
    changes = [f"{name}: {what}" for name in sorted({**before, **after})
               for what in change(name, before.get(name), after.get(name))]
    print("\nWhat the patches change:" + ("" if changes else " no verdict of any case"))
    for line in changes:
        print(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="    "))
    for name, case in after.items():
        was = before.get(name)
        if case.verdict() in ("not complete", "no verdict"):
            status = 2
        elif case.word == "red" and was and was.word == "never" and not case.busted and case.policy != "never":
            if not status:
                print_how(case)
            status = status or 1
    return status


def print_how(case):
    scenario, rest = case.name.split(".", 1)
    print(f"The first one's schedule, step by step: the same command with\n  SCENARIO={scenario} CASE={rest}")


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


def print_stubs(operations):
    """How many of each operation, and which."""
    numbers = ", ".join(f"{len(names)} in {operation}" for operation, names in sorted(operations.items()))
    print(textwrap.fill(f"Functions of ours that ran in place of Linux's: {numbers}", WIDTH, subsequent_indent="  "))
    where = {}
    for operation, names in sorted(operations.items()):
        for name in names:
            where.setdefault(name, []).append(operation)
    for several in sorted(set(map(tuple, where.values()))):
        print_list("  " + ", ".join(several), sorted(name for name in where if tuple(where[name]) == several))


def print_real(tree):
    edited = os.path.join(tree.directory, "edited")
    changed = [os.path.relpath(os.path.join(folder, name), edited)
               for folder, _, names in os.walk(edited) for name in names if name.endswith((".c", ".h"))]
    if os.path.exists(os.path.join(tree.directory, "base")):
        print()
        print_list("Changed by LINUX_COCCI", sorted(changed))
    print("\nReal, unmodified: the files, and the functions of them that ran (inlined")
    print("ones count as their callers)")
    for name, found in sorted(functions(os.path.join(tree.directory, "explore"), tree.ran).items()):
        if not name.startswith(("arch/linux/", "..")):
            print_list("  " + name + (" (changed)" if name in changed else ""), sorted(found))
    print_stubs(tree.stubs())
    print(f"Variables left zero: {len(tree.lines('lx/zero'))} ({tree.directory}/lx/zero)")


def print_real_changes(tree, patched):
    """What the patches change of that."""
    before, after = ({name for found in functions(os.path.join(t.directory, "explore"), t.ran).values() for name in found}
                     | set().union(*t.stubs().values()) for t in (tree, patched))
    if after - before:
        print_list("Ran only with the patches", sorted(after - before))
    if before - after:
        print_list("Ran only without the patches", sorted(before - after))


BOUNDS = """Bounded: two CPUs, one page, one operation each. A spinlock is its contract, a
grace period of RCU an interrupt to every CPU. One compiler's code. docs/linux.md"""


def print_bounded(cases):
    """Those of which not every schedule was run."""
    for bound, names in sorted({(case.bounded, case.name) for case in cases if case.bounded}):
        print(textwrap.fill(f"bounded: {names}: never red in any schedule with at most {bound} preemptions", WIDTH,
                            subsequent_indent="  ", break_on_hyphens=False, break_long_words=False))


def print_trees(tree, patched):
    print(f"Linux {tree.version}\n{tree.directory}")
    if patched:
        print(f"patched: {patched.directory}")
        for subject in patched.lines("subjects"):
            print(textwrap.fill(subject, WIDTH, initial_indent="  ", subsequent_indent="    "))
    print()


def print_unexpected(cases):
    unexpected = [case for case in cases if case.unexpected]
    if unexpected:
        print("\nNot as expected:")
    for case in unexpected:
        print(f"  {case.name}: {case.verdict()}")
    if unexpected:
        print_how(unexpected[0])


def main():
    tree, *patched = map(Tree, sys.argv[1:])
    patched = patched[0] if patched else None
    status = 0
    print_trees(tree, patched)
    print_table(tree, patched)
    print("\nIs the second IPI, tlb_remove_table_sync_one(), redundant?")
    print_answers(tree.cases)
    if patched:
        print("With the patches:")
        print_answers(patched.cases)
        status = print_changes(tree, patched)
    print_unexpected(tree.cases)
    print_real(tree)
    if patched:
        print_real_changes(tree, patched)
    print(textwrap.fill(BOUNDS, WIDTH))
    print_bounded(tree.cases + (patched.cases if patched else []))
    sys.exit(status)


main()
