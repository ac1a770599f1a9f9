#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make debug and the shipped GDB commands, on the image and on the model: they show what is there."""
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from hosttest import IMAGE, boot, clean_environment, done, equal, machine, need_kernel, ok, patient, read, run, skip

need_kernel("torture")
if not shutil.which("gdb"):
    skip("gdb", "not installed")
    done()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def waiting_guest(**variables):
    """make debug, in the background: its port, what it says, and its process."""
    port = free_port()
    env = {"SMP": 4, "IMAGE": IMAGE, "GDBPORT": port, "TIMEOUT": 200, "APPEND": "watchdog=0", **variables}
    with machine(), subprocess.Popen(
        ["make", "debug"], env=clean_environment(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as proc:
        said = "".join(proc.stderr.readline() for _ in range(3))
        try:
            yield port, said, proc
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(proc.pid, signal.SIGTERM)
            proc.communicate(timeout=patient(10))


def gdb(port, *commands, timeout=90):
    """GDB's output for commands, one marker before each: {command: what it printed}."""
    words = ["gdb", "-nx", "-batch", "-x", "tools/gdb/shootdown.gdb"]
    for command in commands:
        words += ["-ex", f"echo \\n@ {command}\\n", "-ex", command]
    result = run([*words, "-ex", "kill", IMAGE], {"GDBPORT": port}, timeout=timeout)
    parts = re.split(r"^@ (.*)\n", result.out, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2])), result


def shows(said, command, pattern, name, result):
    ok(re.search(pattern, said.get(command, ""), re.M), name, result)


with waiting_guest(DURATION=5) as (port, said, proc):
    ok(f"GDBPORT={port} make gdb" in said and "shootdown.gdb" in said, "prints the command for GDB", said)
    time.sleep(0.5)
    ok(proc.poll() is None, "waits")
    said, result = gdb(port, "shootdown cpus", "shootdown break-walker", "continue", "info threads", "backtrace 3", "shootdown cpus ",
                       "shootdown events 12", "shootdown mm", "shootdown walk 0x40000000 mm999", "shootdown break-table 0xfffffff",
                       "delete", "hbreak tlb_flush_mmu", "continue ", "shootdown gather", "delete ",
                       "hbreak generic_smp_call_function_interrupt", "continue  ", "shootdown calls")
    ok("no CPU has begun yet" in result.err, "before the kernel has begun: an error that says so", result)
    shows(said, "continue", r"Breakpoint 1, .*gup_fast", "stops at a walker", result)
    ok(len(re.findall(r"^[* ] +\d+ +Thread", said.get("info threads", ""), re.M)) == 4, "info threads shows 4 CPUs", result)
    shows(said, "backtrace 3", r"^#0 .*gup_fast", "with a backtrace", result)
    cpus = re.findall(r"^CPU(\d+) +(\S+) +id \d+  IF [01] ", said.get("shootdown cpus ", ""), re.M)
    ok([c for c, _ in cpus] == ["0", "1", "2", "3"], "shootdown cpus: each CPU's task", result, said.get("shootdown cpus "))
    shows(said, "shootdown events 12", r"^ *-[\d.]+ us +CPU\d .*(walk|read|set|flush|switch|lazy|rcu|call)",
          "shootdown events: the newest events as text", result)
    shows(said, "shootdown events 12", r" < \w+ [\w/]+\.[cS]:\d+$", "and the line that each comes from", result)
    shows(said, "shootdown mm", r'^mm\d+ "\w+" tlb_gen \d+', "shootdown mm: its generation", result)
    equal(len(re.findall(r"^  CPU\d +(in the mask|-) +loaded ", said.get("shootdown mm", ""), re.M)), 4, "against each CPU", result)
    ok("mm999: no CPU runs it" in result.err, "an mm that is not there is named", result)
    ok("0xfffffff: a frame's number is wanted" in result.err, "a frame that is no RAM is named", result)
    shows(said, "shootdown gather", r"tlb_flush_mmu\(\), tlb:\n  mm\d+ (\[0x|nothing to flush).*\n  \d+ pages to drop, \d+ tables", "shootdown gather", result)
    shows(said, "shootdown calls", r"^CPU\d +0x\w+ <\w+> info .* from CPU\d", "shootdown calls: what is queued", result)

def names_function(function, path, number):
    """Is that function above that line, and the line there?"""
    lines = read(path).splitlines()[:int(number)] if os.path.exists(path) else []
    return len(lines) == int(number) and any(re.search(rf"\b{function}\(", line) for line in lines)


ok(not names_function("nonsense", "mm/gup.c", "90") and not names_function("gup_fast_only", "mm/gup.c", "9999"), "a false place is seen")

# The same seed, the same stop: at the violation, and then at the read that goes wrong.
STOP = ("shootdown break-violation", "continue", "backtrace 8", "shootdown cpus", "shootdown receipts", "shootdown history 0 1 12")
RED = {"INVLPGB": 1, "POLICY": "never", "OPS": "collapse", "SEED": "0x5eed", "DETERMINISTIC": 1}
runs = []
for _ in range(2):
    with waiting_guest(**RED) as (port, _, _):
        runs.append(gdb(port, *STOP))
(said, result), (again, _) = runs
# make run with these arguments reports what make debug stops at.
violation = re.search(r"^# VIOLATION .*", boot(APPEND="watchdog=0", **RED).out, re.M)
inside = violation and re.search(r": CPU(\d+) is inside table (0x\w+) ", violation.group())
ok(violation and (not inside or f"the other CPU is CPU{inside.group(1)}: " in said.get("continue", "")), "the stop is at what make run reports",
   violation, result)
shows(said, "continue", r"oracle_fail \(o=.*(walks|gentag|poison)_oracle", "stops at the violation", result)
shows(said, "continue", r"^#\d+ .*\n\d+\t", "with the kernel's own code selected", result)
# QEMU lets the other CPUs run on for a moment: which of two that report GDB names, and what all do then, is chance.
# The one that was first is selected.
places = [[re.sub(r"^#\d+ +", "", line) for line in s.get("backtrace 8", "").splitlines()] for s in (said, again)]
equal(places[0], places[1], "DETERMINISTIC=1: twice the same stop, with the same arguments")
shows(said, "shootdown receipts", r"collapse_locked\(\).*receipt: mm\d+ gen \d+, 0 CPUs interrupted, has NOT waited for walkers",
      "shootdown receipts: the flush has not waited", result)
history = said.get("shootdown history 0 1 12", "")
ok(re.search(r"^CPU0 +\| CPU1\n(.{46} \|.*\n){12}", history), "shootdown history: two columns", history)
places = re.findall(r" \| (\w+) (\S+\.c):(\d+)$", history, re.M)
ok(len(places) >= 8 and all(names_function(*p) for p in places), "and where each event comes from: function, file and line", history)
# The table: of the oracle of walks its argument, of the others' the entry that is read.
table = re.search(r"must_be_empty \(.*\bpfn=(?:pfn@entry=)?(\d+)", said.get("backtrace 8", ""))
entry = re.search(r"EV_PT_READ, a=(?:a@entry=)?(\d+)", said.get("backtrace 8", ""))
if ok(table or entry, "the backtrace has the table", result):
    number = int(table.group(1)) if table else int(entry.group(1)) >> 12
    frame = hex(number)
    with waiting_guest(**RED) as (port, _, _):
        said, result = gdb(port, "hbreak collapse_huge_page", "continue", "delete", f"shootdown table {frame}",
                           f"shootdown break-table {frame} read", "continue ", "backtrace 4", "shootdown walk 0x40000000", "delete ",
                           f"shootdown break-table {frame} withdrawn", "continue  ", "delete  ", f"shootdown break-table {frame}", "continue   ")
    shows(said, f"shootdown table {frame}", rf"^table {frame}, pte, allocated", "shootdown table", result)
    shows(said, "continue ", rf"id=.*EV_PT_READ, a=(a@entry=)?", "shootdown break-table: stops at a read of it", result)
    shows(said, "backtrace 4", r"gup_fast_pte_range", "which is a walker's", result)
    shows(said, "shootdown walk 0x40000000", r"pgd\[0\] = table 0x\w+ .*\n    table 0x\w+, pud, allocated .*\n  pud\[1\] = ",
          "shootdown walk: entries, and what the kernel knows of their tables", result)
    shows(said, "continue  ", rf"EV_WITHDRAW, a=(a@entry=)?{number}\b", "and where it is withdrawn", result)
    shows(said, "continue   ", rf"EV_(DEPOSIT|REPOPULATE), a=(a@entry=)?{number}\b", "and where it is used again", result)

# And on the model.
model = ["gdb", "-nx", "-batch", "-ex", "source tools/gdb/shootdown.py", "-ex", "handle SIGSEGV nostop noprint pass",
         "-ex", "tbreak model_show", "-ex", "run", "-ex", "shootdown break-violation"]
for command in ("continue", "shootdown cpus", "shootdown receipts", "shootdown history 0 1 14", "shootdown walk 0x2000"):
    model += ["-ex", f"echo \\n@ {command}\\n", "-ex", command]
red = run(["build/model/explore", "--jobs", "1", "collapse_vs_gup", "invlpgb.never"], timeout=100)
replay = re.search(r"^# replay (\S+)", red.out, re.M)
if ok(replay, "the model has a red schedule", red):
    result = run([*model, "--args", "build/model/explore", "--jobs", "1", "collapse_vs_gup", "invlpgb.never", replay.group(1)], timeout=100)
    parts = re.split(r"^@ (.*)\n", result.out, flags=re.M)
    said = dict(zip(parts[1::2], parts[2::2]))
    shows(said, "continue", r"observe\(DEPOSIT|pgtable_trans_huge_deposit", "model: stops at the violation, the kernel's code selected", result)
    shows(said, "shootdown cpus", r"^CPU1 .*walk of mm\d+ at 0x", "model: the open walk", result)
    shows(said, "shootdown receipts", r"has NOT waited for walkers", "model: receipts", result)
    shows(said, "shootdown history 0 1 14", r"^CPU0 +\| CPU1\n(.{46} \|.*\n){14}", "model: history", result)
    places = re.findall(r" \| (\w+) (\S+\.c):(\d+)$", said.get("shootdown history 0 1 14", ""), re.M)
    ok(len(places) >= 8 and all(names_function(*p) for p in places), "model: where each event comes from", result)
    shows(said, "shootdown walk 0x2000", r"pmd\[1\] = none", "model: the walk ends where the collapse has cleared", result)
done()
