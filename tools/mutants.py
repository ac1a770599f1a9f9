#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make mutants: puts each bug of tests/mutants/ into a copy of the tree, one after the other, and runs the tests on it.

Killers, from cheap to dear: the explorer's default set, PAIRS, the unit tests, a short torture. The first
that is red ends it. One line each, `killed NAME by KILLER: what is red` or `SURVIVED NAME: why it is a bug`.
All killers must be green without a mutant. Results stay in build/mutants/results until the tree or the
patch changes. MUTANTS='mm-*' selects some.

Status 0: at least 95 % killed; 1: fewer; 2: a mutant does not apply or does not compile, or a killer has no verdict.
"""
import argparse
import fcntl
import fnmatch
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATCHES = os.path.join(TOP, "tests/mutants")
WORK = os.path.join(TOP, "build/mutants")
TREE = os.path.join(WORK, "tree")
RESULTS = os.path.join(WORK, "results")
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


def mutants(pattern):
    names = sorted(name for name in os.listdir(PATCHES) if name.endswith(".patch"))
    found = [name for name in names if fnmatch.fnmatch(name.removesuffix(".patch"), pattern)]
    if not found:
        raise Broken(f"MUTANTS={pattern}: no such mutant in tests/mutants")
    return [Mutant(os.path.join(PATCHES, name)) for name in found]


def git_apply(mutant, *how):
    p = subprocess.run(["git", "apply", *how, mutant.path], cwd=TREE, env=ENV, capture_output=True, text=True, check=False)
    if p.returncode:
        raise Broken(f"{mutant.name}: does not apply: {p.stderr.strip().splitlines()[0]}")


## The copy of the tree


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


def copy_tree():
    """Makes the copy as the tree is, leaving alone what is the same, which is not built again. Returns the tree's hash."""
    files = sorted(source_files())
    digest = hashlib.sha256()
    for name in files:
        source, target = os.path.join(TOP, name), os.path.join(TREE, name)
        content = read(source)
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
        if content != read(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(source, target)
        shutil.copymode(source, target)
    for folder, folders, names in os.walk(TREE):
        if folder == TREE:
            folders[:] = [f for f in folders if f != "build"]
        for name in names:
            path = os.path.join(folder, name)
            if os.path.relpath(path, TREE) not in files and "__pycache__" not in path:
                os.unlink(path)
    return digest.hexdigest()


## Killers


def run(command, limit, red=None):
    """(status or None for the time limit, output). It is ended once @red is true of the output: then status is 1."""
    with subprocess.Popen(command, cwd=TREE, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", start_new_session=True) as p:
        over = threading.Event()
        timer = threading.Timer(limit, lambda: (over.set(), end(p)))
        timer.start()
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


def make(target, opt):
    status, out = run(["make", "-s", f"-j{opt.jobs}", target], 1200)
    if status:
        raise Broken(f"does not compile: {first(r'((?:error|undefined reference).*)', out, ' '.join(out[-1:]))}")
    if status is None:
        raise Broken(f"make {target}: does not end")


# Each returns what is red, or None. @limit: seconds; what takes longer has no verdict.


def explore(opt):
    make("build/model/explore", opt)
    status, out = run(["build/model/explore", "--jobs", str(opt.jobs)], opt.limit,
                      lambda out: len(out) > 1 and out[-2].startswith("not ok"))
    return not_ok(out) or verdict(status, out, "it dies")


def not_ok(out):
    """The first case that is not as it should be, why, and what an oracle says of it."""
    for line, after in zip(out, out[1:] + [""]):
        m = re.match(r"not ok \d+ (\S+)(?: # )?(.*)", line)
        if m:
            why = re.sub(r"^.* transitions=.*?: ", "", m.group(2))
            said = after[4:] if after.startswith("#   ") else ""
            return ": ".join(filter(None, (m.group(1), "; ".join(filter(None, (why, said))))))
    return None


def pairs(opt):
    make("build/model/explore", opt)
    status, out = run(["tests/explore/pairs.py", "--jobs", str(opt.jobs), "--seconds", "1", "--budget", str(opt.budget)],
                      2 * opt.budget + opt.limit, lambda out: out[-1].startswith("# make explore SCENARIO="))
    return verdict(status, out, first(r"^# make explore SCENARIO=(.*) REPLAY=", out, first(r"^(.* [1-9]\d* red.*)$", out, "no verdict")))


def unit(opt):
    make("image", opt)
    status, out = run(["./run.sh", "RUN=unit", "SMP=4"], opt.limit)
    return boot_verdict(status, out)


def torture(opt):
    make("image", opt)
    status, out = run(["./run.sh", "RUN=torture", "SMP=4", f"DURATION={opt.torture}", "SEED=1"], opt.limit)
    return boot_verdict(status, out)


def boot_verdict(status, out):
    """A run.sh that refuses (2) is no verdict on the mutant; no end within its own TIMEOUT (4) is."""
    if status == 2:
        raise Broken(f"run.sh: {' '.join(out[-1:])}")
    red = first(r"not ok \d+ - (.*)", out, None) or first(r"((?:panic|oracle|# violation|violation).*)", out, f"run.sh ends with status {status}")
    return verdict(status, out, red)


def verdict(status, out, red):
    if status is None:
        raise Broken(f"no verdict within its time limit; its last line: {' '.join(out[-1:])}")
    return red if status else None


KILLERS = {f.__name__: f for f in (explore, pairs, unit, torture)}
SHOWN = {"pairs": "PAIRS", "unit": "the unit tests"}


## Results


def judge(opt):
    """Of the copy as it is: (killer, what is red), or None if all are green."""
    for name in opt.killer or KILLERS:
        try:
            red = KILLERS[name](opt)
        except Broken as e:
            raise Broken(str(e) if "compile" in str(e) else f"{SHOWN.get(name, name)}: {e}") from None
        if red:
            return SHOWN.get(name, name), red.strip()
    return None


def kept(tree, text, opt):
    """Where the result of @text on @tree stands."""
    key = "\0".join((tree, text, repr(opt.killer), str(opt.budget), str(opt.torture)))
    return os.path.join(RESULTS, hashlib.sha256(key.encode()).hexdigest() + ".json")


def result(tree, text, opt, compute):
    path = kept(tree, text, opt)
    old = read(path)
    if old is not None:
        return json.loads(old)
    new = compute()
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(new, file)
    os.replace(path + ".new", path)
    return new


def judge_mutant(mutant, opt):
    git_apply(mutant)
    try:
        return judge(opt)
    except Broken as e:
        raise Broken(f"{mutant.name}: {e}") from None
    finally:
        git_apply(mutant, "-R")


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    p.add_argument("--killer", action="append", choices=list(KILLERS), help="only this one")
    p.add_argument("--budget", type=int, default=120, help="seconds of PAIRS")
    p.add_argument("--torture", type=int, default=3, help="seconds of each phase of the torture")
    p.add_argument("--limit", type=int, default=1800, help="seconds after which a killer has no verdict")
    return p.parse_args()


def main():
    opt = options()
    os.makedirs(RESULTS, exist_ok=True)
    with open(os.path.join(WORK, "lock"), "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Broken("another one is at work in build/mutants") from None
        return measure(opt)


def measure(opt):
    chosen = mutants(os.environ.get("MUTANTS") or "*")
    tree = copy_tree()
    red = result(tree, "", opt, lambda: judge(opt))
    if red:
        raise Broken(f"without a mutant {red[0]} is red: {red[1]}")
    killed = broken = 0
    for m in chosen:
        try:
            git_apply(m, "--check")
            red = result(tree, m.text, opt, lambda m=m: judge_mutant(m, opt))
        except Broken as e:
            broken += 1
            print(f"ERROR {e}", flush=True)
            continue
        killed += bool(red)
        print(f"killed {m.name} by {red[0]}: {red[1]}" if red else f"SURVIVED {m.name}: {m.why}", flush=True)
    judged = len(chosen) - broken
    share = killed / judged if judged else 0
    print(f"{killed} of {judged} killed ({100 * share:.0f} %), {judged - killed} survived, {broken} without a result")
    return 2 if broken else 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was applied is taken back
    try:
        sys.exit(main())
    except Broken as e:
        print(f"mutants.py: {e}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
