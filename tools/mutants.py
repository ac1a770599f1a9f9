#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make mutants: puts each bug of tests/mutants/ into a copy of the tree, one after the other, and runs the tests on it.

Killers, from cheap to dear: explore (a little of every case), unit (the unit tests), torture (a short one), races (explore with RACES=1),
explore-all (every case to its end), pairs (every pair for one case, and a sample of PAIRS=1). Each gets what the one before has left. What killed a mutant in an older
tree is run first. One line each, `killed NAME by KILLER: what is red` or `SURVIVED NAME: why it is a bug`. All killers must be green
without a mutant. Results stay in build/mutants/results, a line of JSON each, until the tree or the patch changes: a run that was
interrupted goes on. MUTANTS='mm-*' selects some. --rules runs every killer to its end, and says which of the rules for programs
(tests/README.md) are broken: one that stands alone is what kills.

Status 0: at least 95 % killed; 1: fewer; 2: a mutant does not apply or does not compile, or a killer has no verdict.
"""
import argparse
import fcntl
import fnmatch
import hashlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATCHES = os.path.join(TOP, "tests/mutants")
WORK = os.path.join(TOP, "build/mutants")
RESULTS = os.path.join(WORK, "results")
EXPLORE = "build/model/explore"
# What is built or run. The mutants themselves are not: a new one leaves the results of the others as they are.
SOURCES = ("Makefile", "linker.ld", "run.sh", "arch", "boot", "kernel", "mm", "tests", "tools")
ENOUGH = 0.95
# What make tells its children, and what would change what they run.
IGNORED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MUTANTS", "APPEND", "SCENARIO", "CASE", "REPLAY", "FLAVOUR", "IMAGE")
# No .git above the copy is looked for: else `git apply` would leave out what this tree ignores.
ENV = {k: v for k, v in os.environ.items() if k not in IGNORED} | {"GIT_CEILING_DIRECTORIES": WORK}


class Broken(Exception):
    """No result: what must be mended first."""


## Mutants


class Mutant:
    """A patch; what stands before its first "diff" or "---" line says why it is a bug."""

    def __init__(self, path):
        self.name = os.path.basename(path).removesuffix(".patch")
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.why = " ".join(re.split(r"^(?:diff |--- )", self.text, maxsplit=1, flags=re.M)[0].split())
        if not self.why:
            raise Broken(f"{self.name}: does not say why it is a bug")


def mutants(patterns):
    names = sorted(name.removesuffix(".patch") for name in os.listdir(PATCHES) if name.endswith(".patch"))
    found = [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns.split())]
    if not found:
        raise Broken(f"MUTANTS={patterns}: no such mutant in tests/mutants")
    return [Mutant(os.path.join(PATCHES, name + ".patch")) for name in found]


## Copies of the tree, one for each job


def source_files():
    for top in SOURCES:
        path = os.path.join(TOP, top)
        if os.path.isfile(path):
            yield top
        for folder, folders, names in os.walk(path):
            folders[:] = [f for f in folders if f != "__pycache__" and os.path.join(folder, f) != PATCHES]
            yield from (os.path.relpath(os.path.join(folder, name), TOP) for name in names)


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


class Tree:
    """A copy as the tree is. What is the same is left alone, and not built again."""

    def __init__(self, number):
        self.path = os.path.join(WORK, f"tree{number}")
        files = sorted(source_files())
        digest = hashlib.sha256()
        for name in files:
            source, target = os.path.join(TOP, name), os.path.join(self.path, name)
            content = read(source)
            if source != os.path.abspath(__file__):
                digest.update(f"{name}\0{len(content)}\0".encode() + content)
            if content != read(target):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(source, target)
            shutil.copymode(source, target)
        self.hash = digest.hexdigest()
        self.remove_others(set(files))

    def remove_others(self, files):
        for folder, folders, names in os.walk(self.path):
            if folder == self.path:
                folders[:] = [f for f in folders if f != "build"]
            for path in (os.path.join(folder, name) for name in names):
                if os.path.relpath(path, self.path) not in files and "__pycache__" not in path:
                    os.unlink(path)

    def apply(self, mutant, *how):
        p = subprocess.run(["git", "apply", *how, mutant.path], cwd=self.path, env=ENV, capture_output=True, text=True, check=False)
        if p.returncode:
            raise Broken(f"does not apply: {p.stderr.strip().splitlines()[0]}")

    def make(self, target):
        status, out = run(self, ["make", "-s", "-j1", *target], 1200)
        if status:
            raise Broken(f"does not compile: {first(r'((?:error|undefined reference).*)', out, ' '.join(out[-1:]))}")
        if status is None:
            raise Broken(f"make {' '.join(target)}: does not end")


RUNNING = set()


def run(tree, command, limit, red=None):
    """(status or None for the time limit, output). It is ended once @red is true of the output: then status is 1."""
    with subprocess.Popen(command, cwd=tree.path, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", start_new_session=True) as p:
        over = threading.Event()
        timer = threading.Timer(limit, lambda: (over.set(), end(p)))
        timer.start()
        RUNNING.add(p)
        out = []
        try:
            for line in p.stdout:
                out.append(line.rstrip("\n"))
                if red and red(out):
                    end(p)
                    return 1, out
            status = p.wait()
        finally:
            timer.cancel()
            end(p)
            RUNNING.discard(p)
    return None if over.is_set() else status, out


def end(p):
    """The processes of @p's session, which is ours."""
    try:
        os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def first(pattern, out, default):
    for line in out:
        m = re.search(pattern, line)
        if m:
            return m.expand(r"\1")
    return default


## Killers: each a list of commands that run one after the other

# A case that is red, or has no verdict. One that does not end in its time is neither.
NOT_OK = re.compile(r"not ok \d+ (\S+?)\.([a-z]\S*) # (?!never .*complete=no)(.*)")
RED_UNIT = re.compile(r"not ok \d+ (?:- )?(\S+)|(panic: .*)")


class Killer:
    """@limit: seconds, after which it has no verdict."""

    def __init__(self, name, target, commands, limit):
        self.name, self.target, self.commands, self.limit = name, target, commands, limit

    def run(self, tree, whole=False):
        """What is red: (text, command that shows it alone) each, the first only or all."""
        tree.make(self.target)
        found = []
        for command in self.commands:
            found += self.run_one(tree, command, whole)
            if found and not whole:
                break
        return found

    def run_one(self, tree, command, whole=False):
        status, out = run(tree, command, self.limit, None if whole else self.seen)
        found = list(self.red(out))
        if status is None:
            raise Broken(f"{self.name}: no verdict within its time limit; its last line: {' '.join(out[-1:])}")
        return found or self.by_status(status, out, command)

    def by_status(self, status, out, command):
        raise NotImplementedError

    def seen(self, out):
        raise NotImplementedError

    def red(self, out):
        raise NotImplementedError


class Search(Killer):
    def seen(self, out):
        return len(out) > 1 and NOT_OK.match(out[-2])

    def red(self, out):
        for line, after in zip(out, out[1:] + [""]):
            m = NOT_OK.match(line)
            if m:
                why = re.sub(r"^.* transitions=.*?(?:: |$)", "", m.group(3))
                said = after[4:] if after.startswith("#   ") else ""
                yield (f"{m.group(1)}.{m.group(2)}: " + "; ".join(filter(None, (why, said))),
                       [self.commands[0][0], "--seconds", "60", m.group(1), m.group(2)])

    def by_status(self, status, out, command):
        cut = any("complete=no" in line for line in out)
        return [] if status == 0 or (status == 1 and cut) else [("it dies: " + " ".join(out[-1:]), command)]


class Guest(Killer):
    """run.sh: that it refuses (2) is no verdict on the mutant; no end within its own TIMEOUT (4) is."""

    def seen(self, out):
        return RED_UNIT.match(out[-1])

    def red(self, out):
        for line in out:
            m = RED_UNIT.match(line)
            if m:
                suite = re.match(r"(\w+)\.", m.group(1) or "")
                yield m.group(1) or m.group(2), [*self.commands[0], *([f"TESTS={suite.group(1)}", "TIMEOUT=30"] if suite else [])]

    def by_status(self, status, out, command):
        if status == 2:
            raise Broken(f"{self.name}: run.sh: {' '.join(out[-1:])}")
        if status == 0:
            return []
        return [(first(r"((?:oracle|# violation|violation|error).*)", out, f"run.sh ends with status {status}"), command)]


# All pairs for one case: what two operations do to each other seldom depends on the flush. Then a sample for the others.
EVERY_PAIR = "ipi.receipt"
PAIRS = (("pairs", "ipi.receipt-mmcpus"), ("rows", "ipi.broadcast+fill"), ("pairs", "invlpgb.receipt+hw"), ("thirds", "ipi.broadcast+tso"),
         ("rows", "invlpgb.broadcast+tce+hw"), ("thirds", "invlpgb-nmi.broadcast"), ("rows2", "pv.broadcast+preempt"))
RACE = "build/model-race/explore"
KILLERS = ("explore", "unit", "torture", "races", "explore-all", "pairs")


def killers(opt):
    search = ["--jobs", "1", "--seconds", "60"]
    some = [*search, "--schedules", "400"]
    short = [EXPLORE, "--jobs", "1", "--seconds", "0.2", "--seed", "1"]
    pairs = [[*short, "--family", "pairs", "--case", EVERY_PAIR]]
    pairs += [[*short, "--budget", str(opt.budget // len(PAIRS)), "--family", family, "--case", case] for family, case in PAIRS]
    guest = ["./run.sh", "SMP=4", "TIMEOUT=200"]  # of which run.sh makes more on a busy machine
    made = {
        "explore": (Search, [EXPLORE], [[EXPLORE, *some, "--all"]]),
        "unit": (Guest, ["image"], [[*guest, "RUN=unit"]]),
        "torture": (Guest, ["image"], [[*guest, "RUN=torture", f"DURATION={opt.torture}", "SEED=1"]]),
        "races": (Search, ["RACES=1", RACE], [[RACE, *some]]),
        "explore-all": (Search, [EXPLORE], [[EXPLORE, *search, "--all"]]),
        "pairs": (Search, [EXPLORE], pairs),
    }
    return {name: kind(name, target, commands, opt.limit) for name, (kind, target, commands) in made.items()
            if not opt.killer or name in opt.killer}


## Rules

# What a verdict begins with, and the rule of tests/README.md that it breaks. Unit tests and what one scenario expects are none of the four.
RULES = (("the oracles", r"(?:walks|pins|tlb\w*|hardware|canary|asid|poison|gentag|operand): "), ("as if one after the other", "as-if: "),
         ("nothing is left", "left: "), ("no deadlock, BUG or lockdep report", r"lockdep: |deadlock|livelock|BUG|VM_BUG|sanitizer: |it does not end|waits for"))


def rule(text):
    what = text.partition(": ")[2]
    for name, begins in RULES:
        if re.search(rf"(?:^|; )(?:{begins})", what):
            return name
    return "a test that says so: " + text[:80]


## Results


class Measure:
    def __init__(self, opt, trees):
        self.opt = opt
        self.hash = trees[0].hash
        self.trees = queue.SimpleQueue()
        for tree in trees:
            self.trees.put(tree)
        self.killers = killers(opt)
        self.lock = threading.Lock()
        self.known, self.before = {}, {}
        for line in (read(RESULTS) or b"").decode().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # it was being written when that run was ended
            self.known[entry["key"]] = entry["red"]
            if entry["again"]:
                self.before[entry["name"]] = (entry["killer"], entry["again"])

    def key(self, text, killer):
        return hashlib.sha256("\0".join((self.hash, text, repr(killer.commands))).encode()).hexdigest()

    def keep(self, mutant, killer, red, again=None):
        key = self.key(mutant.text if mutant else "", killer)
        with self.lock, open(RESULTS, "a", encoding="utf-8") as file:
            file.write(json.dumps({"name": mutant.name if mutant else "", "killer": killer.name, "key": key, "red": red, "again": again}) + "\n")
            self.known[key] = red
        return red

    def with_mutant(self, mutant, fn):
        """What @fn says of a copy with @mutant in it."""
        tree = self.trees.get()
        try:
            tree.apply(mutant)
            try:
                return fn(tree)
            finally:
                tree.apply(mutant, "-R")
        except Broken as e:
            raise Broken(f"{mutant.name}: {e}") from None
        finally:
            self.trees.put(tree)

    def kill(self, mutant, killer):
        """What is red, or ""."""
        key = self.key(mutant.text, killer)
        if key in self.known:
            return self.known[key]

        def run_killer(tree):
            found = killer.run(tree)
            return self.keep(mutant, killer, *(found[0] if found else ("",)))

        return self.with_mutant(mutant, run_killer)

    def kill_again(self, mutant):
        """(killer, what is red), by what killed it in an older tree; or None."""
        for killer in self.killers.values():
            red = self.known.get(self.key(mutant.text, killer))
            if red:
                return killer, red
        killer = self.killers.get(self.before.get(mutant.name, ("",))[0])
        if not killer or self.key(mutant.text, killer) in self.known:
            return None

        def run_again(tree):
            tree.make(killer.target)
            found = killer.run_one(tree, self.before[mutant.name][1])
            return (killer, self.keep(mutant, killer, *found[0])) if found else None

        return self.with_mutant(mutant, run_again)

    def rules(self, mutant):
        """The names of those that are broken."""
        return self.with_mutant(mutant, lambda tree: sorted({rule(text) for k in self.killers.values() for text, _ in k.run(tree, whole=True)}))

    def green(self, some):
        """Each of these killers is, without a mutant: in each copy one at a time."""
        def check(killer):
            key = self.key("", killer)
            if key not in self.known:
                tree = self.trees.get()
                try:
                    found = killer.run(tree)
                    self.keep(None, killer, found[0][0] if found else "")
                finally:
                    self.trees.put(tree)
            if self.known[key]:
                raise Broken(f"without a mutant {killer.name} is red: {self.known[key]}")

        with ThreadPoolExecutor(self.opt.jobs) as pool:
            list(pool.map(check, some))


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    p.add_argument("--killer", action="append", choices=KILLERS, help="only this one")
    p.add_argument("--rules", action="store_true", help="not which killer is the first, but which rules are broken")
    p.add_argument("--budget", type=int, default=140, help="seconds of the sample of PAIRS=1")
    p.add_argument("--torture", type=int, default=3, help="seconds of each phase of the torture")
    p.add_argument("--limit", type=int, default=1800, help="seconds after which a killer has no verdict")
    return p.parse_args()


def main():
    opt = options()
    os.makedirs(WORK, exist_ok=True)
    with open(os.path.join(WORK, "lock"), "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Broken("another one is at work in build/mutants") from None
        chosen = mutants(os.environ.get("MUTANTS") or "*")
        measure = Measure(opt, [Tree(i) for i in range(min(opt.jobs, len(chosen)))])
        if opt.rules:
            return show_rules(measure, chosen)
        return report(measure, chosen)


def show_rules(measure, chosen):
    with ThreadPoolExecutor(measure.opt.jobs) as pool:
        for mutant, broken in zip(chosen, pool.map(measure.rules, chosen)):
            print(f"{mutant.name}: {'; '.join(broken) or 'none'}", flush=True)
    return 0


def report(measure, chosen):
    killed, broken = set(), set()

    def one(mutant, killer=None):
        try:
            red = (killer, measure.kill(mutant, killer)) if killer else measure.kill_again(mutant)
        except Broken as e:
            broken.add(mutant)
            print(f"ERROR {e}", flush=True)
            return
        if red and red[1]:
            killed.add(mutant)
            print(f"killed {mutant.name} by {red[0].name}: {red[1]}", flush=True)

    again = {measure.before[m.name][0] for m in chosen if m.name in measure.before}
    measure.green(k for name, k in measure.killers.items() if name in again)
    with ThreadPoolExecutor(measure.opt.jobs) as pool:
        list(pool.map(one, chosen))
        for killer in measure.killers.values():
            measure.green([killer])
            list(pool.map(lambda m, k=killer: one(m, k), [m for m in chosen if m not in killed | broken]))
    for mutant in chosen:
        if mutant not in killed | broken:
            print(f"SURVIVED {mutant.name}: {mutant.why}")
    judged = len(chosen) - len(broken)
    share = len(killed) / judged if judged else 0
    print(f"{len(killed)} of {judged} killed ({100 * share:.0f} %), {judged - len(killed)} survived, {len(broken)} without a result")
    return 2 if broken else 0 if share >= ENOUGH else 1


def stop(status):
    for p in tuple(RUNNING):
        end(p)
    os._exit(status)  # the next run puts the copies right


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: stop(143))
    try:
        sys.exit(main())
    except Broken as e:
        print(f"mutants.py: {e}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        stop(130)
