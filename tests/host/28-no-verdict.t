#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The explorer, when a search has no answer: a line that says why, status 2, and never green."""
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time

from hosttest import TOP, done, equal, ok, skip

EXPLORE = "build/model/explore"
SMALL = ("trim_vs_flush", "ipi.broadcast+tso")  # some 0.05 s
LONG = ("--no-reduction", "zap_vs_gup", "ipi.broadcast")  # has no end


def run(*args, program=EXPLORE, seconds=120, **more):
    p = subprocess.run([program, *args], cwd=TOP, stdin=subprocess.DEVNULL, stdout=more.pop("stdout", subprocess.PIPE),
                       stderr=subprocess.STDOUT, text=True, timeout=seconds, check=False, **more)
    return p.returncode, p.stdout or ""


def no_verdict(status, out, why, name):
    """Status 2; each case that is not ok says why; none that was judged is called so."""
    lines = re.findall(r"^not ok \d+ \S+ # no verdict: (.*)$", out, re.M)
    return ok(status == 2 and lines and all(re.search(why, line) for line in lines), name, out)


built = subprocess.run(["make", "-s", EXPLORE], cwd=TOP, capture_output=True, text=True, check=False)
ok(built.returncode == 0, "the explorer is built", built.stdout + built.stderr)

# A fault, a step without an end, a limit of the model: planted.
for end, why in (("fault", r"^the search died of signal 11 \(Segmentation fault\), in the last step of this schedule$"),
                 ("hang", "^a step.* has not ended for 1 s$"), ("limit", "^the model has met a limit")):
    for jobs in ("1", "2"):
        status, out = run("--step-seconds", "1", "--end", end, "--jobs", jobs, *SMALL)
        no_verdict(status, out, why, f"{end}, {jobs} workers: why, status 2")
        replay = re.search(r"^# replay (\S+)$", out, re.M)
        if ok(replay, f"{end}, {jobs} workers: the schedule has outlived it", out):
            status, out = run(*SMALL, replay[1])
            ok(status == 0 and "nothing is wrong with it" in out, f"{end}: and is one of the case", out)
    status, out = run("--step-seconds", "1", "--end", end, "--check", "30", *SMALL)
    no_verdict(status, out, why, f"{end}, --check: why, status 2")
    status, out = run("--step-seconds", "1", "--end", end, *SMALL, "b5n")
    ok(status == 2 and len(out.splitlines()) == 1, f"{end}, a replay: one line, status 2", out)
status, out = run("--jobs", "2", "--end", "fault", "trim_vs_flush")
equal((status, len(re.findall("^not ok", out, re.M))), (2, int(re.search(r"1\.\.(\d+)", out)[1])),
      "one case that dies does not keep the others from being searched", out)

status, out = run("--end", "tlb-full", "zap_vs_load", "ipi.broadcast.tlb_no_remote")
no_verdict(status, out, "all entries of a TLB are in use: TLB_ENTRIES$", "a TLB that is full: nothing is left out of it in silence")

# No process can be started. The limit does not bind root: as somebody who has none yet.
with tempfile.TemporaryDirectory() as place:
    os.chmod(place, 0o755)
    copy = shutil.copy(os.path.join(TOP, EXPLORE), place)
    nobody = 61234 if os.geteuid() == 0 else None

    def at_most(processes):
        resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
        if nobody:
            os.setgid(nobody)
            os.setuid(nobody)

    # Cases, the search of one, a worker of it, the searches for what it needs.
    for most, args in ((1, ("--jobs", "2", "trim_vs_flush")), (2, ("trim_vs_flush",)), (3, ("--jobs", "2", *SMALL))):
        if most > 1 and not nobody:
            skip(f"at most {most} processes", "not root: this user has other processes")
            continue
        status, out = run(*args, program=copy, preexec_fn=lambda most=most: at_most(most))
        no_verdict(status, out, "Resource temporarily unavailable$", f"at most {most} processes: status 2")
        equal(len(re.findall("^(?:not )?ok", out, re.M)), int(re.search(r"1\.\.(\d+)", out)[1]),
              f"at most {most} processes: every case comes out", out)


def killed(whom, args):
    """Kill the process that @whom picks of those below the explorer, once it works."""
    with subprocess.Popen([EXPLORE, *args], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as p:
        victim, limit = None, time.monotonic() + 60
        while not victim and p.poll() is None and time.monotonic() < limit:
            below = [p.pid]
            for pid in below:
                try:
                    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
                        below += map(int, f.read().split())
                except OSError:
                    pass
            victim = whom(below[1:])
        if victim:
            time.sleep(0.5)
            os.kill(victim, signal.SIGKILL)
        return p.communicate(timeout=120)[0], p.returncode


if os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children"):
    for what, depth, jobs in (("the case", 1, "1"), ("the search", 2, "1"), ("a worker", 4, "3")):
        out, status = killed(lambda below, depth=depth: below[depth - 1] if len(below) >= depth else None,
                             ("--jobs", jobs, *LONG))
        no_verdict(status, out, r"died of signal 9 \(Killed", f"{what} is killed: status 2")
else:
    skip("processes that are killed", "this kernel does not list children")

# A parent that ignores SIGCHLD passes that on: no child could be waited for.
status, out = run(*SMALL, preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
ok(status == 0 and re.search("^ok 1 ", out, re.M), "with SIGCHLD ignored there is a verdict all the same", out)
with open("/dev/full", "w", encoding="ascii") as full:
    status, out = run(*SMALL, stdout=full)
equal(status, 2, "verdicts that cannot be written: status 2")

for wrong in (("--jobs", "2x"), ("--jobs", "0"), ("--seconds", "1s"), ("--seconds", "nan"), ("--schedules", "all"), ("--preemptions", "-1"),
              ("--schedules", "0"), ("--check", "some"), ("--end", "x"), ("--step-seconds", "0")):
    status, out = run(*wrong, *SMALL)
    ok(status == 2 and out.startswith("usage: "), f"{' '.join(wrong)}: how it is used, status 2", out)
done()
