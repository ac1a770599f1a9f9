#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make explore PAIRS=1: programs made of the alphabet (tests/include/tests/pairs.h), searched.

Every pair for a case of each backend, then for the other cases: every pair, and a part of BUDGET=
seconds for each family that is sampled by SEED=. One line a family and case; everything red in two
columns, with what replays it. A search that does not end in SECONDS= of CPU time is counted, listed
with an estimate of the whole, and repeated with at most two preemptions.
Status 0: nothing red; 1: something is; 2: a search has no verdict.
"""
import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

EXPLORE = "build/model/explore"
BOUND = "2"
SAMPLED = ("rows", "thirds", "rows2")
LINE = re.compile(r"^(ok|not ok) \d+ ([^ ]+?)\.([a-z][^ ]*) # (.*)$")
ESTIMATE = re.compile(r"^#   (an estimated .*)$")
BACKENDS = ("ipi.receipt", "invlpgb.receipt+hw", "invlpgb-nmi.receipt", "pv.broadcast")
NO_VERDICT = "no verdict"


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--jobs", default=str(os.cpu_count() or 1))
    p.add_argument("--seconds", default="5", help="of each search")
    p.add_argument("--budget", type=float, default=3600, help="seconds of everything")
    p.add_argument("--seed", default="1")
    p.add_argument("--family", action="append", help="only this one")
    p.add_argument("--case", action="append", help="only this one")
    return p.parse_args()


def cases():
    """What program_cases has; every pair has these, and some have more."""
    status = subprocess.run([EXPLORE, "load_one:load_one", "no such case"], capture_output=True, text=True, check=False)
    names = status.stderr.split("they are:")[1].split()
    return sorted(names, key=lambda name: name not in BACKENDS)


def plan_of(opt):
    """What is searched, in this order: (family, case)."""
    of = opt.case or cases()
    every = [("pairs", case) for case in of if case in BACKENDS]
    every += [(family, case) for case in of for family in ("pairs", *SAMPLED) if (family, case) not in every]
    return [(family, case) for family, case in every if not opt.family or family in opt.family]


class Family:
    """The results of one family under one case, as they come."""

    def __init__(self, name, case, opt):
        self.name, self.case, self.opt = name, case, opt
        self.done = self.schedules = self.states = self.by_states = self.planned = 0
        self.red, self.cut, self.unknown, self.estimate = [], [], [], {}
        self.begun = time.monotonic()

    def line(self, text):
        plan = re.match(r"1\.\.(\d+)$", text)
        if plan:
            self.planned = int(plan.group(1))
        m = LINE.match(text)
        if not m:
            estimate = ESTIMATE.match(text)
            if estimate and self.cut:
                self.estimate[self.cut[-1][0]] = estimate.group(1)
            return
        self.done += 1
        schedules, states = (re.search(rf"{what}=(\d+)", m.group(4)) for what in ("schedules", "states"))
        self.schedules += int(schedules.group(1)) if schedules else 0
        self.states += int(states.group(1)) if states else 0
        self.by_states += bool(states)
        if NO_VERDICT in m.group(4):
            self.unknown.append((m.group(2), m.group(3)))
        elif m.group(4).startswith("red"):
            self.red.append((m.group(2), m.group(3)))
        elif "complete=no" in m.group(4):
            self.cut.append((m.group(2), m.group(3)))

    def search(self, seconds):
        command = [EXPLORE, "--family", self.name, "--seed", self.opt.seed, "--case", self.case, "--jobs", self.opt.jobs,
                   "--seconds", self.opt.seconds, "--budget", f"{seconds:.1f}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as p:
            for text in p.stdout:
                self.line(text.rstrip("\n"))
                if sys.stderr.isatty():
                    print(f"\r{self.name} {self.case}: {self.done}, {len(self.red)} red, {len(self.cut)} cut ",
                          end="", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)

    def bound(self, end):
        """Again, with few preemptions, what was cut: a red one is red."""
        def search(which):
            return time.monotonic() < end and (which, one(*which, self.opt, "--preemptions", BOUND))

        with ThreadPoolExecutor(int(self.opt.jobs)) as pool:
            done = [result for result in pool.map(search, self.cut) if result]
        self.red += [which for which, out in done if re.search(r"^not ok .* # red", out, re.M)]
        return {which[0]: "preemption bound" in out for which, out in done}

    def summary(self, bounded):
        of = "" if self.done >= self.planned else " of a sample" if self.name in SAMPLED else f" of {self.planned}, the budget is over"
        print(f"{self.name} {self.case}: {self.done} programs{of}, {self.schedules} schedules, {self.by_states} programs by "
              f"{self.states} states, {len(self.red)} red, "
              f"{len(self.cut)} not complete, {sum(bounded.values())} of them complete with at most {BOUND} preemptions, "
              f"{len(self.unknown)} without a verdict, {time.monotonic() - self.begun:.0f} s", flush=True)
        for name, _ in self.cut:
            again = f"complete with at most {BOUND} preemptions" if bounded.get(name) else \
                f"nor with at most {BOUND} preemptions" if name in bounded else "and not searched again"
            print(f"#   not complete: {name}, {again}; {self.estimate.get(name, 'no estimate')}")
        for name, case in self.unknown:
            print(f"#   no verdict: make explore SCENARIO={name} CASE={case}")
        sys.stdout.flush()


def one(name, case, opt, *more):
    command = [EXPLORE, "--seconds", opt.seconds, "--case", case, *more, name]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def show(name, case, opt):
    """Two columns and a replay string."""
    out = one(name, case, opt)
    print(out if "# replay" in out else one(name, case, opt, "--preemptions", BOUND))
    replay = re.search(r"^# replay (\S+)$", out, re.M)
    if replay:
        print(f"# make explore SCENARIO={name} CASE={case} REPLAY={replay.group(1)}", flush=True)


def main():
    opt = options()
    end = time.monotonic() + opt.budget
    plan = plan_of(opt)
    red = unknown = False
    for i, (name, case) in enumerate(plan):
        left = end - time.monotonic()
        if left <= 0:
            print(f"# not begun, the budget is over: {', '.join(f'{n} {c}' for n, c in plan[i:])}")
            break
        family = Family(name, case, opt)
        # An endless family gets a share, and leaves time to search again what was cut.
        family.search(min(left, opt.budget) / (len(plan) if len(plan) > 1 else 2) if name in SAMPLED else left)
        family.summary(family.bound(end))
        for which in family.red:
            show(*which, opt)
        red |= bool(family.red)
        unknown |= bool(family.unknown)
    return 2 if unknown else 1 if red else 0


sys.exit(main())
