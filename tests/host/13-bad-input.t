#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the kernel refuses, and what becomes of it when the machine fails it: one line, a
status, soon."""
import os
import re
import tempfile

from hosttest import IMAGE, LIMIT, boot, done, machine, need_kernel, ok, one_line, patient, run, skip, todo_skip

names = need_kernel()
torture = "torture" in names.get("job", [])

for name, value, needs in (
    ("FLUSH", "nonsense", None), ("RUN", "nonsense", None), ("SEED", "nonsense", None),
    ("SEED", "0x", None), ("SEED", "0x11112222333344445", None), ("INVLPGB", "1 x", False),
    ("POLICY", "nonsense", None), ("OPS", "nonsense", "torture"), ("OPS", "zap,nonsense", "torture"),
    ("APPEND", "nonsense=1", None), ("APPEND", "nonsense", None), ("APPEND", "console=nonsense", None),
    ("APPEND", "inject=nonsense", None), ("APPEND", "busted=nonsense", "torture"),
    ("APPEND", "watchdog=never", None),
):
    if needs and not torture:
        todo_skip(f"{name}={value}", "no torture yet")
        continue
    result = boot(**{name: value}, timeout=LIMIT)
    if needs is False:
        ok(result.status == 2 and result.seconds < patient(LIMIT), f"{name}={value}", result)
    else:
        one_line(result, r"^error: |^run.sh: \w+=", f"{name}={value}", channel="both")
result = boot(RUN="unit", TESTS="nonsense", timeout=LIMIT)
one_line(result, r"^error: .*nonsense", "RUN=unit TESTS=nonsense", channel="both")

for command in (["make", "run", "MEM=8"], ["./run.sh", "MEM=8"]):
    one_line(run(command, {"IMAGE": IMAGE, "TIMEOUT": LIMIT}), "MEM=8", " ".join(command))
if torture:
    # The least that run.sh lets through is for the kernel to judge: a run or one line.
    one_line(boot(SMP=64, MEM=16, DURATION=1, timeout=60), r"^error: .*memory.*MEM=", "SMP=64 MEM=16", channel="both")
    for mem in (18, 21):
        result = boot(SMP=64, MEM=mem, DURATION=1, POLICY="broadcast", timeout=60)
        ok(result.status == 0 or result.status == 2 and len(re.findall(r"^error: .*memory.*MEM=", result.out, re.M)) == 1,
           f"SMP=64 MEM={mem}: a verdict or one line", result)



def on_full_disk(directory, command, env):
    """Runs it where this directory is on a disk of its own that has four KiB."""
    mount = f'mount -t tmpfs -o size=4k none {directory} && exec "$@"'
    with machine():
        return run(["unshare", "-rm", "sh", "-c", mount, "sh", *command], {"IMAGE": IMAGE, **env}, timeout=60)


with tempfile.TemporaryDirectory() as tmp:
    os.makedirs("build/logs", exist_ok=True)
    NO_LOG, NO_ROOM = r"^run\.sh: the log could not be kept: .*full$", rf"^run\.sh: the disk of {tmp} is full: no log and no trace"
    works = run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", tmp])
    if works.status:
        skip("full disks", f"unshare -rm: {works.err}")
    else:
        fails = {"INVLPGB": 1, "POLICY": "never", "OPS": "collapse", "DURATION": 3, "SMP": 4}
        lists = {"RUN": "list", "SMP": 1, "TMPDIR": tmp}
        for directory, variables, status, says in (("build/logs", fails, 1, NO_LOG), (tmp, {**fails, "TMPDIR": tmp}, 1, NO_ROOM), (tmp, lists, 0, NO_ROOM)):
            result = on_full_disk(directory, ["./run.sh"], variables)
            ok(result.status == status and len(re.findall(says, result.err, re.M)) == 1 and "Traceback" not in result.err,
               f"{directory.replace(tmp, 'TMPDIR')} is full, status {status}: the verdict is as without, and one line says so", result)
        one_line(run(["./run.sh"], {"IMAGE": IMAGE, "TMPDIR": f"{tmp}/none"}), f"^run.sh: TMPDIR={tmp}/none: no directory", "a TMPDIR that is not there")
        result = on_full_disk(tmp, ["./run.sh"], {**lists, "FIRMWARE": "bios", "APPEND": f"seed={os.getpid()}"})
        one_line(result, f"^run.sh: the disk of {tmp} is full$", "TMPDIR is full: no ISO")

result = boot(QEMUOPTS="-machine microvm,acpi=off", timeout=LIMIT)
one_line(result, r"^error: .*(RSDP|ACPI)", "no RSDP", channel="both")
result = boot(SMP=4, APPEND="inject=ap-silent:2", timeout=LIMIT)
one_line(result, r"^error: .*APIC ID.* (s|seconds)", "an AP that never answers", channel="both")
for smp in (2, 4):
    for cpu in range(0, smp, smp - 1):
        name = f"SMP={smp}: CPU{cpu} hangs with interrupts off"
        if not torture:
            todo_skip(name, "no torture yet")
            continue
        result = boot(SMP=smp, APPEND=f"inject=hang:{cpu}", timeout=20)
        ok(result.status == 3 and result.seconds <= patient(LIMIT), f"{name}: status 3 within {LIMIT} s", result)
        ok("hang_thread" in result.out, f"{name}: its backtrace names the function", result)
if torture:
    # No tick and no NMI for six times the limit, as where a host has other things to run: and then it goes on.
    # By an operation that withdraws no table: away in a walk, the oracles would have too much to remember.
    result = boot(SMP=4, DURATION=6, POLICY="broadcast", OPS="mprotect", APPEND="inject=away:1 watchdog=1")
    ok(result.status == 0, "CPU1 is taken off by its host for a while: nobody takes it for hung", result)
    result = boot(SMP=4, APPEND="inject=dead:1 watchdog=1")
    ok(result.status == 3 and re.search(r"^panic: CPU1: no timer tick for \d+ s, and no NMI taken", result.out, re.M),
       "CPU1 never runs again: said in the end", result)
    result = boot(SMP=4, APPEND="inject=spin:2 watchdog=1")
    ok(result.status == 3 and re.search(r"^panic: CPU2: takes ticks and never schedules", result.out, re.M) and
       "spin_thread" in result.out, "CPU2 never schedules: said, with its backtrace", result)
    for word in ("away", "dead"):
        one_line(boot(SMP=1, APPEND=f"inject={word}:0", timeout=LIMIT), f"^error: inject={word}:0 is refused",
                 f"inject={word} with one CPU", channel="both")
    result = boot(SMP=1, APPEND="inject=hang:0", timeout=12)
    ok(result.status in (3, 4) and result.err.strip(), "SMP=1: hung, the time limit at the latest", result)
    result = boot(SMP=4, APPEND="inject=triplefault:1", timeout=LIMIT)
    one_line(result, "reset itself", "a triple fault", status=3)
else:
    todo_skip("a triple fault", "no torture yet")
done()
