#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make matrix: operation x backend x policy, as a table for an e-mail and as JSON.

One boot for each backend and policy, with all operations at once; but a violation ends a run, so
an operation that is expected to be unsound gets a boot of its own. The variables of run.sh hold;
FLUSH, POLICY and OPS are lists of what to take, DURATION is that of a boot.

Exit status: 0 every cell as expected, 1 red, 2 bad option or something missing.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import random
import re
import signal
import subprocess
import sys

import matrix_expect as expect
import matrix_text
from matrix_image import TOP, Boot, Guests, Image, last_message

# Planted bugs that are neither a policy nor a backend, but concern flush or sync.
ALSO_FORCED = {
    "unshare_skip_lazy": "Linux's unshare does not wake lazy CPUs; where they have paging-structure "
    "caches they may walk a reused table. Shown by the model only: no emulator has such caches, "
    "the oracle says what a CPU may have cached",
}

MORE = 4  # times as long, once, where a boot was too short
UNTIL_RED = 7  # times as long, at most, for what is to end at its first violation


def note(text):
    print(f"matrix.py: {text}", file=sys.stderr, flush=True)


def die(text):
    note(text)
    sys.exit(2)


class Cell:
    """One result: what is expected, and what came out."""

    def __init__(self, column, policy, op, want, oracle=""):
        self.column, self.policy, self.op = column, policy, op
        self.want = want
        self.oracle = oracle  # forced cells: which alone judges
        self.name = f"{column.name}-{policy.name}-{op}"
        self.note = column.why_not  # why there is no result, or none that counts
        self.verdict = "-" if column.why_not else "no result"
        self.counts = {}
        self.seen_by = self.history = None
        self.options = self.remark = ""  # of forced cells
        self.got = ""  # what is not as expected

    def take(self, counts, boot):
        self.counts = counts
        self.note = "" if counts else boot.last_message()
        self.verdict = counts["verdict"] if counts else "no result"

    def short(self):
        """Might more time still make it what is expected?"""
        if self.verdict == "-":
            return False
        bad = expect.unmet(self.want, self.counts) if self.counts else self.want.items()
        return bool(bad) and all(kind == expect.SOME for _, kind in bad)

    def judge(self, reference):
        if self.verdict == "-":
            return
        if not self.counts:
            self.got = self.note
            return
        bad = expect.unmet(self.want, self.counts)
        self.got = " ".join(f"{count}={self.counts[count]}" for count, _ in bad)
        if self.short():
            self.got += ": could not be shown"
        if self.oracle and self.seen_by and self.seen_by not in self.oracle.split(","):
            self.got = f"one seen by {self.seen_by}"
        self.verdict = expect.verdict(self.counts, reference and reference.counts)

    def expected(self):
        return expect.text(self.want) + (f" seen by {self.oracle}" if self.oracle else "")

    def as_json(self):
        return {"backend": self.column.name, "policy": self.policy.name, "op": self.op, **self.counts,
                "verdict": self.verdict, "expected": self.expected(), "as_expected": not self.got,
                "got": self.got, "seen_by": self.seen_by, "history": self.history, "note": self.note,
                **({"options": self.options, "remark": self.remark} if self.options else {})}


class Matrix:
    def __init__(self, image, options, guests):
        self.image, self.options, self.guests = image, options, guests
        self.out = os.path.relpath(options.out)
        self.title = f"{guests.smp} CPUs, {image.host}, seed {options.seed}, {options.duration} s"
        self.columns = [c for c in image.columns if self.asked("FLUSH", c.name)]
        self.policies = [p for p in image.policies if self.asked("POLICY", p.name)]
        self.ops = [op for op in image.ops if self.asked("OPS", op)]
        self.cells, self.forced, self.boots = {}, [], []
        self.ended = self.planned = 0
        for column in self.columns:
            for policy in self.policies:
                self.plan(column, policy)
        # The plain case of several first: its name is the plain one.
        for name, words in sorted(image.busted, key=lambda case: len(case[1])):
            self.plan_forced(name, words)

    def asked(self, kind, *names):
        return not self.options.only[kind] or bool(self.options.only[kind] & set(names))

    def plan(self, column, policy):
        cells = []
        for op in self.ops:
            want = expect.expectation(column, policy, op)
            want.update(self.options.planted.get((column.name, policy.name, op), {}))
            cells.append(Cell(column, policy, op, want))
            self.cells[column.name, policy.name, op] = cells[-1]
        if not column.why_not:
            together = [cell for cell in cells if expect.sound(cell.want)]
            if together:
                self.boots.append(self.boot(together, self.options.duration))
            for cell in cells:
                if cell not in together:
                    self.boots.append(self.boot([cell], self.options.duration * UNTIL_RED))

    @staticmethod
    def boot(cells, duration):
        one, ops = cells[0], ",".join(cell.op for cell in cells)
        return Boot(cells, f"{one.column.options} policy={one.policy.name} ops={ops}", duration)

    def plan_forced(self, name, words):
        """A planted bug, if it is a policy or a backend of its own."""
        columns = {c.name: c for c in self.image.columns + self.image.busted_columns}
        policies = {p.name: p for p in self.image.policies + self.image.busted_policies}
        if name not in columns and name not in policies and name not in ALSO_FORCED:
            return
        column = columns[name if name in columns else words.get("flush", "ipi")]
        policy = policies[name if name in policies else words.get("policy", "broadcast")]
        ops, oracle = words.get("ops", ",".join(self.image.ops)), words.get("oracles", "")
        if not (self.asked("FLUSH", column.name) and self.asked("POLICY", policy.name)
                and self.asked("OPS", *ops.split(","))):
            return
        cell = Cell(column, policy, ops, {"viol": expect.SOME}, oracle)
        if name in ALSO_FORCED:
            cell.name += f"-{name}"
        cell.options = " ".join([f"busted={name}", *(f"{k}={v}" for k, v in words.items())])
        extra = [f"{k}={v}" for k, v in words.items() if k not in ("flush", "policy", "ops", "oracles")]
        cell.remark = ALSO_FORCED.get(name) or " ".join(extra)
        alike = [other for other in self.forced if other.name.startswith(cell.name)]
        if alike:
            cell.name += f"-{len(alike) + 1}" if oracle in [other.oracle for other in alike] else f"-{oracle}"
        self.forced.append(cell)
        if not column.why_not:
            self.boots.append(Boot([cell], cell.options, self.options.duration * UNTIL_RED))

    ## Run

    def run(self):
        self.run_boots(self.boots)
        again = []
        for boot in self.boots:
            short = [cell for cell in boot.cells if cell.short()]
            if short:
                # Alone: operations that are sound would only take time from it.
                forced = short[0] in self.forced
                again.append(Boot(short, boot.options, boot.duration * MORE) if forced
                             else self.boot(short, boot.duration * MORE))
        self.run_boots(again)
        for cell in self.cells.values():
            cell.judge(self.cells.get((cell.column.name, "broadcast", cell.op)))
        for cell in self.forced:
            cell.judge(None)

    def run_boots(self, boots):
        self.planned += len(boots)
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            running = [pool.submit(boot.run, self.guests) for boot in boots]
            try:
                for boot in concurrent.futures.as_completed(running):
                    self.take(boot.result())
            except BaseException:
                self.guests.end()
                raise

    def take(self, boot):
        self.ended += 1
        print(f"# {self.ended}/{self.planned} {boot.options}: {boot.seconds:.1f} s, status {boot.status}",
              file=sys.stderr, flush=True)
        counts, first = boot.counts(), boot.violation()
        if boot.status != 0 and not (boot.status == 1 and any(c["viol"] for c in counts.values())):
            counts = {}  # it did not end by a verdict
        for cell in boot.cells:
            ops = [counts[op] for op in cell.op.split(",") if op in counts]
            cell.take(expect.summed(ops), boot)
            if first and first[1] in cell.op.split(","):
                cell.seen_by = first[0]
                self.keep(cell, boot)

    def keep(self, cell, boot):
        """The history of a violation, in a file of its own."""
        cell.history = f"{cell.name}.txt"
        with open(os.path.join(self.out, cell.history), "w", encoding="utf-8") as file:
            file.write(boot.history())

    ## Result

    def all(self):
        return [*self.cells.values(), *self.forced]

    def red(self):
        out = []
        for cell in self.all():
            if cell.got:
                out.append(f"RED {cell.column.name} {cell.policy.name} {cell.op}: "
                           f"expected {cell.expected()}, got {cell.got}")
        return out

    def as_json(self):
        return {"title": self.title, "smp": self.guests.smp, "host": self.image.host,
                "seed": self.options.seed, "duration": self.options.duration,
                "backends": [vars(c) for c in self.columns],
                "policies": [vars(p) for p in self.policies + self.image.busted_policies],
                "cells": [c.as_json() for c in self.cells.values()],
                "forced": [c.as_json() for c in self.forced],
                "red": self.red()}


def parse():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--only", default="", metavar="NAME,...",
                      help="backends, policies and operations to take; of a kind that is not named, all")
    args.add_argument("--expect", action="append", default=[], metavar="BACKEND,POLICY,OP:COUNT=0|COUNT>0",
                      help="expect this of a cell instead (to see it red)")
    args.add_argument("--json", action="store_true", help="print the JSON, not the table")
    args.add_argument("--out", default=os.path.join(TOP, "build/matrix"), metavar="DIR",
                      help="where matrix.json and the histories go [build/matrix]")
    options = args.parse_args()
    options.planted = {}
    for text in options.expect:
        match = re.fullmatch(r"([^,:]+),([^,:]+),([^,:]+):(\w+)(=0|>0)", text)
        if not match or match[4] not in expect.COUNTS:
            die(f"--expect {text}: not like ipi,broadcast,unshare:useful>0")
        options.planted.setdefault(match.groups()[:3], {})[match[4]] = match[5]
    for name in ("RUN", "TESTS", "INVLPGB", "DETERMINISTIC"):
        if os.environ.get(name):
            die(f"{name}={os.environ[name]}: has no meaning for a matrix")
    return options


def number(name, default, low, high):
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        die(f"{name}={text}: not a number from {low} to {high}")
    return int(text)


def choose(options, image):
    """What of the image is asked for."""
    names = {"FLUSH": [c.name for c in image.columns + image.busted_columns],
             "POLICY": [p.name for p in image.policies + image.busted_policies], "OPS": image.ops}
    options.only = {kind: set(filter(None, os.environ.get(kind, "").split(","))) for kind in names}
    for name in filter(None, options.only_names.split(",")):
        kinds = [kind for kind in names if name in names[kind]]
        if not kinds:
            die(f"--only {name}: no such backend, policy or operation in this image")
        options.only[kinds[0]].add(name)
    for kind, chosen in options.only.items():
        for name in sorted(chosen - set(names[kind])):
            die(f"{kind}={name}: not in this image, there are: {', '.join(names[kind])}")
    for names_of_cell in options.planted:
        for kind, name in zip(names, names_of_cell):
            if name not in names[kind]:
                die(f"--expect {','.join(names_of_cell)}: no {name} in this image")


def prepare(guests):
    """Builds the image, once, and asks it what it has."""
    if not os.environ.get("IMAGE"):
        env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
        if subprocess.run(["make", "-C", TOP, "image"], env=env, stdout=sys.stderr, check=False).returncode:
            die("the kernel does not build, see above")
        os.environ["IMAGE"] = os.path.join(TOP, "build", os.environ.get("FLAVOUR") or "debug", "shootdown.elf")
    status, out, err = guests.run(60, RUN="list")
    image = Image(out)
    if status or not image.columns or not image.policies:
        die(f"run=list does not say what the image has: {last_message(status, out, err)}")
    # As that run chose; else each run would choose again.
    os.environ["ACCEL"] = "kvm" if image.host.endswith(",kvm") else "tcg"
    return image


def main():
    options = parse()
    options.only_names = options.only
    smp = number("SMP", 4, 2, 4096)
    options.duration = number("DURATION", 3 if smp <= 8 else 6 if smp <= 16 else 14, 1, 3600)
    options.seed = os.environ.get("SEED") or f"{random.getrandbits(32):#x}"
    os.environ["SEED"] = options.seed
    number("TIMEOUT", 60, 1, 604800)
    guests = Guests(smp)
    image = prepare(guests)
    choose(options, image)
    # One emulator thread a guest; a guest under KVM, or with a thread per CPU, has them all.
    alone = os.environ["ACCEL"] == "kvm" or os.environ.get("TCG") == "multi"
    options.jobs = 1 if alone else os.cpu_count() or 1
    os.makedirs(options.out, exist_ok=True)
    for old in glob.glob(os.path.join(glob.escape(options.out), "*.txt")):
        os.unlink(old)
    matrix = Matrix(image, options, guests)
    if not matrix.boots:
        die("nothing of what is asked for can run on this machine")
    # As an exception, so that guests are ended on the way out.
    for sig, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        signal.signal(sig, lambda *_, status=status: sys.exit(status))
    matrix.run()
    path = os.path.join(matrix.out, "matrix.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(matrix.as_json(), file, indent=1)
        file.write("\n")
    if options.json:
        print(json.dumps(matrix.as_json(), indent=1))
    else:
        print(matrix_text.table(matrix))
        print(f"the same as JSON: {path}")
        for line in matrix.red():
            print(line)
    return 1 if matrix.red() else 0


if __name__ == "__main__":
    sys.exit(main())
