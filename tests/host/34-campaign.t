#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make campaign: killed and resumed, failures grouped, shrunk; make soak; and what a failing run says of itself."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from hosttest import TOP, boot, clean_environment, done, equal, machine, need_kernel, ok, one_line, patient, run, skip, write

sys.path.insert(0, os.path.join(TOP, "tools"))
import failure  # noqa: E402 pylint: disable=wrong-import-position

# A number of the day: no earlier campaign is this one.
GREEN, RED = f"SMP=2 DURATION=1 POLICY=receipt OPS=zap TIMEOUT={3000 + int(time.time()) % 900000}", "SMP=8 DURATION=1 INVLPGB=1 POLICY=never OPS=collapse"
need_kernel("torture")

# Signatures: without numbers, with what called the reporter.
PANIC = "# x\npanic: assertion: x == 3 at mm/gup.c:77\n# backtrace:\n#   [<ffffffff80101000>] panic+0x10\n#   [<ffffffff80102000>] f.part.0+0x1\n# end\n"
first, second = failure.of_log(PANIC, 3), failure.of_log(PANIC.replace("77", "91").replace("== 3", "== 4"), 3)
equal(first.signature, "panic: assertion: x == N at mm/gup.c:N < f", "the signature of a panic")
equal(second.signature, first.signature, "is the same with other numbers")
ok(failure.of_log(PANIC.replace("f.part.0", "g"), 3).signature != first.signature, "and another by another way")
equal(failure.of_log("ok 1\n", 0), None, "a run that passed has none")
equal(failure.of_log("", 4).kind, "hang", "a run without a verdict")

result = boot(SMP=4, APPEND="inject=spin:2 watchdog=1", timeout=60)
ok(re.search(r"^run\.sh: panic: CPU2: takes ticks and never schedules", result.err, re.M), "a panic is summed up", result)
place = re.search(r"^run\.sh:     spin_thread\(\) at (\S+):(\d+)$", result.err, re.M)
ok(place and os.path.exists(os.path.join(TOP, place.group(1))), "with the function, file and line", result)
equal(sorted(set(re.findall(r"^# CPU(\d), thread \w+, interrupts o", result.out, re.M))), ["0", "1", "3"], "each other CPU says where it is", result)
kept = re.search(r"^run\.sh: the whole log: (build/logs/\S+)$", result.err, re.M)
ok(kept and result.out.splitlines()[0] in open(os.path.join(TOP, kept.group(1)), encoding="utf-8").read(), "and the log is kept", result)

for words, says in ((["--seeds", "9..1"], "SEEDS=9..1: from the smaller"), (["--seeds", "x"], "SEEDS=x: a range"),
                    (["--configs", "/nonexistent"], "CONFIGS=/nonexistent: No such file"), (["--hosts", "/nonexistent"], "HOSTS=/nonexistent: no such file")):
    one_line(run(["tools/campaign.py", *words]), re.escape(says), " ".join(words))

if not shutil.which("parallel"):
    skip("campaigns", "GNU parallel is not installed")
    done()
with tempfile.TemporaryDirectory() as tmp:
    configs = os.path.join(tmp, "configs")
    write(configs, f"{GREEN} # green\n\n{RED}\n")
    command = ["tools/campaign.py", "--seeds", "1..3", "--configs", configs]
    earlier = {path for path, _, _ in os.walk(os.path.join(TOP, "build/campaign"))}
    with machine():
        proc = subprocess.Popen(command, cwd=TOP, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        began = time.monotonic()
        joblogs = set()
        while time.monotonic() < began + patient(60) and not joblogs:
            time.sleep(0.2)
            joblogs = {path for path, _, names in os.walk(os.path.join(TOP, "build/campaign")) if "joblog" in names
                       and path not in earlier
                       and open(os.path.join(path, "joblog"), encoding="utf-8").read().count("\n") > 1}
        os.killpg(proc.pid, signal.SIGKILL)
        proc.wait()
        result = run(command, timeout=patient(300))
    ok(re.search(r"^campaign\.py: [1-5] of 6 runs were finished before$", result.err, re.M), "killed, it goes on where it was", result)
    equal(result.status, 1, "something failed: status 1", result)
    ok("6 of 6 runs: 3 failed, in 1 way" in result.out, "the failures of a planted bug are one group", result)
    shrunk = re.search(r"^  smallest: make run (.*)$", result.out, re.M)
    cpus = shrunk and int(re.search(r"SMP=(\d+)", shrunk.group(1)).group(1))
    if ok(shrunk and cpus <= 4, "shrunk to at most four CPUs", result):
        variables = dict(word.split("=") for word in shrunk.group(1).split())
        again = boot(timeout=100, **variables)
        ok(again.status == 1 and failure.of_log(again.out, 1).signature in result.out, "and that run fails in the same way", again)
    results = re.search(r"^(build/campaign/\S+): a line", result.out, re.M)
    rows = [json.loads(line) for line in open(os.path.join(TOP, results.group(1)), encoding="utf-8")] if results else []
    equal(sorted((row["seed"], row["status"]) for row in rows), [(seed, status) for seed in (1, 2, 3) for status in (0, 1)], "each run once, as JSON", rows)

    write(configs, GREEN)
    with machine():
        result = run(["tools/campaign.py", "--hours", "0.002", "--configs", configs], timeout=patient(120))
    ok(result.status == 0 and re.search(r"^0\.\d+ hours, \d+ runs: \d+ walks, \d+ zap$", result.out, re.M), "a soak ends with what was done", result)

    hosts = os.path.join(tmp, "hosts")
    write(hosts, "2/elsewhere\n")
    os.symlink(os.path.join(TOP, "tests/host/fake-ssh"), os.path.join(tmp, "ssh"))
    os.makedirs(os.path.join(tmp, "home/elsewhere"))
    # The user's shell may be none of sh's kind.
    env = {"PATH": f"{tmp}:{os.environ['PATH']}", "FAKE_HOME": os.path.join(tmp, "home"), "SHELL": "/bin/false"}
    command = ["tools/campaign.py", "--seeds", str(int(began)), "--configs", configs, "--hosts", hosts]
    if shutil.which("rsync"):
        result = run(command, {**env, "FAKE_HOME": "/nonexistent"}, timeout=patient(120))
        one_line(result, "stopped after 0 of 1 runs", "HOSTS=: a machine that cannot be reached")
        with machine():
            result = run(command, env, timeout=patient(120))
        ok(result.status == 0 and "1 of 1 runs: 0 failed" in result.out, "HOSTS=: on another machine, once it can be", result)
        ok(os.path.exists(os.path.join(tmp, "home/elsewhere/shootdown-campaign/run.sh")), "where the image was brought", result)
    else:
        skip("HOSTS=", "rsync is not installed")
done()
