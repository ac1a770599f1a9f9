#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make explore PAIRS=1: programs made of the alphabet (tests/include/tests/pairs.h), searched.

Every pair for a case of each backend, then for the other cases: every pair, and a part of BUDGET=
seconds for each family that is sampled by SEED=. One line a family and case; everything red in two
columns, with what replays it. A search that does not end in SECONDS= of CPU time is counted, listed
with an estimate of the whole, and repeated with at most two preemptions, then with one and none. Results are kept (spread.py):
a run that was killed goes on with the same command. HOSTS=file: on these machines.
Status 0: nothing red; 1: something is; 2: a search has no verdict.
"""
import argparse
import os
import random
import re
import signal
import subprocess
import sys
import time

from spread import LINE, NO_VERDICT, Spread, Unusable

EXPLORE = "build/model/explore"
BOUNDS = ("2", "1", "0")
SAMPLED = ("rows", "thirds", "rows2")
BACKENDS = ("ipi.receipt", "invlpgb.receipt+hw", "invlpgb-nmi.receipt", "pv.broadcast")


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--jobs", default=str(os.cpu_count() or 1))
    p.add_argument("--seconds", default="2", help="of each search")
    p.add_argument("--budget", type=float, default=3600, help="seconds of everything")
    p.add_argument("--seed", default="1")
    p.add_argument("--hosts", help="a file of machines, as parallel's --sshloginfile takes it")
    p.add_argument("--results", default="build/pairs", help="the directory where results are kept")
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

    def __init__(self, name, case, opt, spread):
        self.name, self.case, self.opt, self.spread = name, case, opt, spread
        self.done = self.schedules = self.states = self.by_states = self.planned = 0
        self.red, self.cut, self.unknown, self.estimate = [], [], [], {}
        self.begun = time.monotonic()

    def line(self, text):
        m = LINE.match(text)
        self.done += 1
        schedules, states, estimated = (int((re.search(rf"{what}=(\d+)", m.group(4)) or [0, 0])[1])
                                        for what in ("schedules", "states", "estimated"))
        self.schedules += schedules
        self.states += states
        self.by_states += bool(states)
        if NO_VERDICT in m.group(4):
            self.unknown.append((m.group(2), m.group(3)))
        elif m.group(4).startswith("red"):
            self.red.append((m.group(2), m.group(3)))
        elif "complete=no" in m.group(4):
            self.cut.append((m.group(2), m.group(3)))
            if estimated:
                self.estimate[m.group(2)] = f"an estimated {estimated:.2g} {'states' if states else 'schedules'} in all, " \
                                            f"{(states or schedules) / estimated:.2g} of them searched"

    def search(self, seconds):
        names = self.spread.names(self.name, self.opt.seed, self.case)
        self.planned = len(names)
        # If the budget is over before the end, what was searched has some of each operation.
        random.Random(self.opt.seed).shuffle(names)
        for _, text in self.spread.run(names, self.case, ("--seconds", self.opt.seconds), seconds):
            self.line(text)
            if sys.stderr.isatty():
                print(f"\r{self.name} {self.case}: {self.done}, {len(self.red)} red, {len(self.cut)} cut ",
                      end="", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)

    def bound(self, end):
        """Again, with ever fewer preemptions, what was cut. A red one is red; name: the bound with which it ended, or None."""
        ended = {}
        for most in BOUNDS:
            how = ("--seconds", self.opt.seconds, "--preemptions", most)
            left = [name for name, _ in self.cut if not ended.get(name)]
            for name, text in self.spread.run(left, self.case, how, end - time.monotonic()):
                red = re.match(r"not ok .* # red", text)
                if red:
                    self.red.append((name, self.case))
                ended[name] = most if red or "preemption bound" in text else None
        return ended

    def summary(self, ended):
        of = "" if self.done >= self.planned else " of a sample" if self.name in SAMPLED else f" of {self.planned}, the budget is over"
        bounded = [f"{n} complete with at most {preemptions(most)}" for most in BOUNDS if (n := list(ended.values()).count(most))]
        print(f"{self.name} {self.case}: {self.done} programs{of}, {self.schedules} schedules, {self.by_states} programs by "
              f"{self.states} states, {len(self.red)} red, {len(self.cut)} not complete, "
              f"of them {', '.join(bounded) or 'none searched again'}, {len(self.unknown)} without a verdict, {time.monotonic() - self.begun:.0f} s", flush=True)
        for name, _ in sorted(self.cut):
            most = ended.get(name)
            again = f"complete with at most {preemptions(most)}" if most else "nor without a preemption" if name in ended else \
                "and not searched again"
            print(f"#   not complete: {name}, {again}; {self.estimate.get(name, 'no estimate')}")
        for name, case in self.unknown:
            print(f"#   no verdict: make explore SCENARIO={name} CASE={case}")
        sys.stdout.flush()


def preemptions(most):
    return f"{most} preemption{'' if most == '1' else 's'}"


def one(name, case, opt, *more):
    command = [EXPLORE, "--seconds", opt.seconds, "--case", case, *more, name]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def show(name, case, opt):
    """Two columns and a replay string."""
    out = one(name, case, opt)
    print(out if "# replay" in out else one(name, case, opt, "--preemptions", BOUNDS[0]))
    replay = re.search(r"^# replay (\S+)$", out, re.M)
    if replay:
        print(f"# make explore SCENARIO={name} CASE={case} REPLAY={replay.group(1)}", flush=True)


def main():
    opt = options()
    end = time.monotonic() + opt.budget
    plan = plan_of(opt)
    red = unknown = False
    spread = Spread(EXPLORE, opt.jobs, opt.hosts, opt.results)
    for i, (name, case) in enumerate(plan):
        left = end - time.monotonic()
        if left <= 0:
            print(f"# not begun, the budget is over: {', '.join(f'{n} {c}' for n, c in plan[i:])}")
            break
        family = Family(name, case, opt, spread)
        # An endless family gets a share, and leaves time to search again what was cut.
        family.search(min(left, opt.budget) / (len(plan) if len(plan) > 1 else 2) if name in SAMPLED else left)
        family.summary(family.bound(end))
        for which in family.red:
            show(*which, opt)
        red |= bool(family.red)
        unknown |= bool(family.unknown)
    return 2 if unknown else 1 if red else 0


def interrupted(number, _):
    """The search under way ends; what has a result is kept."""
    raise KeyboardInterrupt(number)


def run():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        return main()
    except KeyboardInterrupt as why:
        print("pairs.py: interrupted; the same command goes on where it stood", file=sys.stderr)
        return 128 + why.args[0]
    except Unusable as why:
        print(f"pairs.py: {why}", file=sys.stderr)
        return 2


sys.exit(run())
