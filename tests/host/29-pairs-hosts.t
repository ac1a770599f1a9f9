#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make explore PAIRS=1: what is cut is bounded; a run that is killed goes on where it stood; several machines (HOSTS=)."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from hosttest import TOP, clean_environment, done, equal, ok, patient, run, run_merged, skip

EXPLORE = "build/model/explore"
CASE = "ipi.receipt-mmcpus"
SOME = ["--family", "pairs", "--case", CASE, "--seconds", "0.05"]
work = tempfile.mkdtemp(prefix="shootdown-hosts.", dir=os.path.join(TOP, "build"))

status, out = run_merged(["make", "-s", EXPLORE], 300)
ok(status == 0, "the explorer is built", out)


def results(where):
    """What was kept: (program, options, line) in the order in which it came."""
    found = []
    for path in glob.glob(f"{where}/*.jsonl"):
        with open(path, encoding="utf-8") as file:
            for text in file:
                try:
                    entry = json.loads(text)
                except ValueError:
                    continue
                found.append((entry["program"], " ".join(entry["options"]), entry["line"]))
    return found


def end_with(number, where):
    """Begins a run in a session of its own, sends it the signal when some results are there; status, stderr."""
    with subprocess.Popen(["tests/explore/pairs.py", "--jobs", "2", "--results", where, *SOME], start_new_session=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=clean_environment()) as p:
        begun, end = len(results(where)), time.monotonic() + patient(60)
        while len(results(where)) < begun + 20 and time.monotonic() < end and p.poll() is None:
            time.sleep(0.1)
        p.send_signal(number)
        err = p.communicate(timeout=patient(30))[1]
    return p.returncode, err


## A run that is killed

where = os.path.join(work, "killed")
status, err = end_with(signal.SIGKILL, where)
first = results(where)
ok(status == -signal.SIGKILL and len(first) >= 20, f"killed: {len(first)} results are kept", err)
kept, = glob.glob(f"{where}/*.jsonl")
with open(kept, "a", encoding="utf-8") as file:
    file.write('{"program": "cut off')
status, err = end_with(signal.SIGINT, where)
second = results(where)
ok(status == 128 + signal.SIGINT and len(err.splitlines()) == 1 and "goes on where it stood" in err, "interrupted: one line, status 130", status, err)
ok(len(second) >= len(first) + 20, f"the same command went on: {len(second)} results", err)
equal(second[:len(first)], first, "those before the kill are as they were")
equal(len({r[:2] for r in second}), len(second), "no program was searched twice, though a line was cut off")
status, err = end_with(signal.SIGTERM, where)
ok(status == 128 + signal.SIGTERM and len(err.splitlines()) == 1, "ended by SIGTERM: the same", status, err)

programs = subprocess.run([EXPLORE, *SOME, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()


def known_but(missing, where):
    """Results of all programs but @missing, so that a run ends by itself: APPEND= of that run."""
    os.mkdir(where)
    with open(os.path.join(where, os.path.basename(kept)), "w", encoding="utf-8") as known:
        for name in programs:
            if name not in missing:
                line = f"ok 1 {name}.{CASE} # never schedules=1 transitions=1 complete=yes useful=0"
                known.write(json.dumps({"program": name, "case": CASE, "options": SOME[-2:], "line": line}) + "\n")
    return f"APPEND=--results {where} {' '.join(SOME)}"


## What is cut

# An execution without preemptions always ends in that time, all with two do not.
LONG = "munmap_pgds:retract"
ok(LONG in programs, "a program with many executions")
result = run(["make", "-s", "explore", "PAIRS=1", known_but([LONG], os.path.join(work, "cut"))])
ok(re.search(r", 1 not complete, of them 1 complete with at most (1 preemption|0 preemptions), ", result.out), "with ever fewer preemptions, until it ends", result)
ok(re.search(rf"^#   not complete: {LONG}, complete with at most [01] preemptions?; an estimated \S+ states in all, ", result.out, re.M),
   "it is listed with the bound and an estimate", result)

## Machines

os.symlink(os.path.join(TOP, "tests/host/fake-ssh"), os.path.join(work, "ssh"))
homes = os.path.join(work, "homes")
for name in ("one", "two"):
    os.makedirs(os.path.join(homes, name))
# The user's shell may be none of sh's kind.
AWAY = {"PATH": f"{work}:{os.environ['PATH']}", "FAKE_HOME": homes, "SHELL": "/bin/false"}


def hosts(*names):
    path = os.path.join(work, "hosts")
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(f"{name}\n" for name in names))
    return path


def spread(path, where, missing):
    """A run on the machines of @path to which all results but @missing are known; what it printed, results of those."""
    where = os.path.join(work, where)
    names = programs[:missing]
    append = known_but(names, where)
    known = len(results(where))
    budget = patient(60)
    result = run(["make", "-s", "explore", "PAIRS=1", f"HOSTS={path}", f"BUDGET={budget}", append], AWAY, timeout=budget + patient(60))
    found = [program for program, options, _ in results(where)[known:] if options == " ".join(SOME[-2:])]
    return result, found, names


result = run("make -s explore PAIRS=1 HOSTS=/no/such/file")
ok(result.status == 2 and "HOSTS=/no/such/file: no such file" in result.err, "HOSTS=, no such file: status 2", result)
if subprocess.run(["tools/setup.sh", "hosts"], capture_output=True, check=False).returncode:
    skip("several machines", "GNU parallel, ssh or rsync is missing: tools/setup.sh hosts")
else:
    result, found, missing = spread(hosts(":", "1/one", "1/two"), "spread", 96)
    ok(result.status == 0 and ", 0 red, " in result.out, f"this machine and two others: {len(found)} results", result)
    equal(sorted(found), sorted(missing), "merged: each program that was not known, once")
    with open(os.path.join(homes, "log"), encoding="utf-8") as file:
        log = file.read()
    for host in ("one", "two"):
        ok(f"{host} exec perl" in log or f"{host} " in log and "shootdown-pairs" in log, f"{host} was given programs", log[:2000])
    result, _, _ = spread(hosts("1/down"), "down", 24)
    ok(result.status == 2 and "no machine gives results" in result.err, "a machine that does not answer: status 2", result)
    result, found, _ = spread(hosts("1/down", "1/one"), "half", 24)
    ok(len(found) >= 8, f"one of two does not answer: {len(found)} results of the other", result)
shutil.rmtree(work)
done()
