#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""run.sh itself, with a program in QEMU's place: bad options, statuses, limits, signals."""
import os
import signal
import subprocess
import tempfile
import time

from hosttest import FAKE_QEMU, clean_environment, done, equal, ok, one_line, patient, run

FAKE = {"QEMU": FAKE_QEMU, "IMAGE": "Makefile", "ACCEL": "tcg"}


def fake(*args, **env):
    return run(["./run.sh", *args], {**FAKE, **{k: str(v) for k, v in env.items()}}, 60)


for value in ("0", "abc", "-1", "1.5", "1000", "007", "99999999999999999999", "4 4"):
    one_line(fake(SMP=value), "SMP=", f"SMP={value}")
one_line(fake(SMP=256), "x2APIC.*255", "SMP=256 on QEMU 7.2")
equal(fake(SMP=256, FAKE_VERSION="9.1.0").status, 0, "SMP=256 on QEMU 9")
equal(fake(SMP=255).status, 0, "SMP=255")
for name, value in (
    ("MEM", "0"), ("MEM", "many"), ("DURATION", "0"), ("DURATION", "1h"), ("TIMEOUT", "x"),
    ("FIRMWARE", "nonsense"), ("ACCEL", "nonsense"), ("TCG", "nonsense"), ("INVLPGB", "maybe"),
    ("DETERMINISTIC", "yes"), ("FLUSH", "a b"), ("POLICY", "$(reboot)"), ("APPEND", 'x="y"'),
):
    one_line(fake(**{name: value}), f"{name}=", f"{name}={value}")
one_line(run(["./run.sh"], {**FAKE, "DETERMINISTIC": "1", "ACCEL": "kvm"}), "DETERMINISTIC=1",
         "DETERMINISTIC=1 with KVM")
one_line(fake(DETERMINISTIC=1, TCG="multi"), "DETERMINISTIC=1", "DETERMINISTIC=1 with TCG=multi")
one_line(fake("--nonsense", "1"), "no such variable", "--nonsense")
one_line(fake("nonsense"), "not an option", "a word")
one_line(fake("--smp"), "needs a value", "--smp without a value")
one_line(run(["./run.sh"], {**FAKE, "QEMU": "/nonexistent"}), "QEMU=/nonexistent", "QEMU missing")
one_line(run(["./run.sh"], {**FAKE, "QEMU": "/bin/true"}), "QEMU=/bin/true", "QEMU is no QEMU")
one_line(run(["./run.sh"], {**FAKE, "IMAGE": "/nonexistent"}), "IMAGE=", "no such image")

with open("/proc/cpuinfo", encoding="utf-8") as file:
    flags = set(file.read().split())
if not flags & {"svm", "vmx"}:
    one_line(run(["./run.sh"], {**FAKE, "ACCEL": "kvm"}), "ACCEL=kvm: .*svm nor vmx",
             "ACCEL=kvm without svm or vmx")
    result = fake(ACCEL="auto")
    ok("svm nor vmx" in result.err and "tcg," in result.out, "ACCEL=auto says why not KVM", result)

# A machine with KVM, made of files: ACCEL=kvm waits for its guest, ACCEL=auto does not.
with tempfile.TemporaryDirectory() as tmp:
    paths = {name: os.path.join(tmp, name) for name in ("CPUINFO", "DEV_KVM")}
    for path in paths.values():
        with open(path, "w", encoding="utf-8") as file:
            file.write("flags : fpu svm\n")
    insists = run(["./run.sh"], {**FAKE, **paths, "ACCEL": "kvm", "FAKE_SLEEP": "4", "FAKE_STUBBORN": "1"})
    ok(insists.status == 0 and "-accel kvm" in insists.out, "ACCEL=kvm: a guest may take 4 s to start", insists)
    result = run(["./run.sh"], {**FAKE, **paths, "ACCEL": "auto", "FAKE_SLEEP": "4", "FAKE_STUBBORN": "1"})
    ok(result.status == 0 and "-accel tcg" in result.out and "says nothing within 2 s" in result.err,
       "ACCEL=auto: after 2 s it is TCG", result)
    result = run(["./run.sh"], {**FAKE, **paths, "ACCEL": "auto"})
    ok(result.status == 0 and "-accel kvm" in result.out, "ACCEL=auto: KVM where a guest starts at once", result)
    result = run(["./run.sh"], {**FAKE, **paths, "ACCEL": "kvm", "FAKE_STATUS": "1"})
    one_line(result, "ACCEL=kvm: .*QEMU's status 1", "ACCEL=kvm where no guest starts")

    # The time limit, as it is given to timeout: a phase for each policy.
    with open(os.path.join(tmp, "timeout"), "w", encoding="utf-8") as file:
        file.write('#!/bin/sh\necho "limit $3"\nexit 33\n')
    os.chmod(os.path.join(tmp, "timeout"), 0o755)
    path = f"{tmp}:{os.environ['PATH']}"
    limits = [int(fake("DURATION=100", "SMP=1", *policy, PATH=path).out.split()[1])
              for policy in ([], ["POLICY=broadcast"], ["POLICY=broadcast,implied,receipt"],
                             ["POLICY=" + ",".join(["receipt"] * 8)])]
    ok(all(limit > n * 100 for limit, n in zip(limits, (3, 1, 3, 8))) and limits[1] < 300 and limits[0] == limits[2],
       "the time limit grows with the number of policies", limits)

for status, want, says in (
    (33, 0, ""), (35, 1, ""), (37, 2, ""), (39, 3, ""),
    (0, 3, "reset"), (1, 2, "did not run"), (134, 2, "did not run"),
):
    result = fake(FAKE_STATUS=status)
    ok(result.status == want and says in result.err, f"QEMU's {status} becomes {want}", result)

for args in (["SMP=7", "SEED=0x5eed"], ["--smp", "7", "--seed=0x5eed"]):
    result = fake(*args)
    ok("-smp 7" in result.out and "seed=0x5eed" in result.out, " ".join(args), result)
result = run(["./run.sh"], {**FAKE, "SMP": "3", "FLUSH": "ipi", "POLICY": "receipt", "OPS": "zap,collapse",
                            "DURATION": "2", "SEED": "9", "RUN": "torture", "TESTS": "x", "INVLPGB": "1",
                            "MEM": "100", "APPEND": "busted=a inject=b"})
for word in ("flush=ipi", "policy=receipt", "ops=zap,collapse", "duration=2", "seed=9", "run=torture",
             "tests=x", "invlpgb=1", "busted=a", "inject=b", "debugexit=0xf4", "-m 100"):
    ok(f"{word}" in result.out, f"{word} reaches QEMU", result)
result = fake(DETERMINISTIC=1)
ok("-icount shift=0,sleep=off" in result.out and "thread=single" in result.out,
   "DETERMINISTIC=1 counts instructions on one thread", result)

ok("apic=" not in result.out, "on QEMU 7.2, which has no x2APIC", result)
result = fake(DETERMINISTIC=1, FAKE_VERSION="10.0.2")
ok("apic=xapic" in result.out, "by xAPIC on QEMU 10, whose x2APIC ends QEMU then", result)
one_line(fake(DETERMINISTIC=1, SMP=256, FAKE_VERSION="10.0.2"), "DETERMINISTIC=1 has no x2APIC", "so SMP=256 is refused")

result = fake(FAKE_SLEEP=60, TIMEOUT=1)
ok(result.status == 4 and result.seconds < patient(6) and "within 1 s" in result.err, "time limit", result)
ok("printed nothing" in result.err and "PVH" in result.err, "and that nothing was printed, with the way out", result)
result = fake(FAKE_SLEEP=60, QEMUOPTS="-machine old", TIMEOUT=100)
ok(result.status == 4 and result.seconds < patient(40) and "no first line within 10 s" in result.err,
   "another machine that says nothing is not waited for", result)
result = fake(FAKE_SLEEP=60, FAKE_STUBBORN=1, TIMEOUT=1)
ok(result.status == 4 and result.seconds < patient(10), "time limit on a QEMU that ignores TERM", result)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"


def interrupted(signum, command, group, want):
    """The signal as a terminal sends it (to the group) or as kill does (to the first)."""
    with tempfile.TemporaryDirectory() as tmp:
        pidfile = os.path.join(tmp, "pid")
        env = clean_environment({**FAKE, "FAKE_SLEEP": "60", "FAKE_PID": pidfile, "TMPDIR": tmp})
        with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, start_new_session=True) as proc:
            end = time.monotonic() + patient(10)
            while not (os.path.exists(pidfile) and os.path.getsize(pidfile)) and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(0.1)
            with open(pidfile, encoding="utf-8") as file:
                guest = int(file.read())
            (os.killpg if group else os.kill)(proc.pid, signum)
            try:
                status = proc.wait(timeout=patient(8))
            except subprocess.TimeoutExpired:
                os.killpg(proc.pid, signal.SIGKILL)
                status = "still there"
        gone = not alive(guest)
        if not gone:
            os.kill(guest, signal.SIGKILL)
        name = f"{signum.name} to {'the group of ' if group else ''}{command[0]}"
        ok(status in want, f"{name}: status", f"status {status}, not one of {want}")
        ok(gone, f"{name}: no QEMU left")
        equal([f for f in os.listdir(tmp) if f != "pid"], [], f"{name}: no file left")


# If run.sh has ended when make is told of the signal, make finds no child to wait for, which is its status 2.
MAKE_FAILED = 2
interrupted(signal.SIGINT, ["./run.sh"], True, (130,))
interrupted(signal.SIGINT, ["make", "run"], True, (-signal.SIGINT, MAKE_FAILED))
interrupted(signal.SIGTERM, ["./run.sh"], False, (143,))
interrupted(signal.SIGTERM, ["make", "run"], False, (-signal.SIGTERM,))
interrupted(signal.SIGHUP, ["./run.sh"], True, (129,))
done()
