#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make debug and the shipped GDB script: stops at a walker, shows every CPU."""
import re
import shutil
import signal
import socket
import subprocess
import time

from hosttest import IMAGE, clean_environment, done, machine, need_kernel, ok, patient, run, skip

need_kernel("torture")
if not shutil.which("gdb"):
    skip("gdb", "not installed")
    done()

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
env = {"SMP": 4, "IMAGE": IMAGE, "GDBPORT": port, "DURATION": 5, "TIMEOUT": 100, "APPEND": "watchdog=0"}
with machine(), subprocess.Popen(
    ["make", "debug"], env=clean_environment(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    stderr=subprocess.PIPE, text=True, start_new_session=True,
) as proc:
    said = proc.stderr.readline() + proc.stderr.readline() + proc.stderr.readline()
    ok(f"GDBPORT={port} gdb -x" in said and "shootdown.gdb" in said, "prints the command for GDB", said)
    time.sleep(0.5)
    ok(proc.poll() is None, "waits")
    result = run(
        ["gdb", "-nx", "-batch", "-x", "tools/gdb/shootdown.gdb",
         "-ex", "shootdown break-walker", "-ex", "continue", "-ex", "info threads", "-ex", "backtrace 3",
         "-ex", "shootdown cpus", "-ex", "shootdown events 12", "-ex", "delete", "-ex", "kill", IMAGE],
        {"GDBPORT": port}, timeout=90,
    )
    proc.send_signal(signal.SIGTERM)
    proc.communicate(timeout=patient(10))
out = result.out
ok(re.search(r"Breakpoint 1, .*gup_fast", out) or re.search(r"hit Breakpoint 1, .*gup_fast", out),
   "stops at a walker", result)
ok(len(re.findall(r"^[* ] +\d+ +Thread", out, re.M)) == 4, "info threads shows 4 CPUs", result)
ok(re.search(r"^#0 .*gup_fast", out, re.M), "with a backtrace", result)
cpus = re.findall(r"^CPU(\d+) +(\S+)", out, re.M)
ok([c for c, _ in cpus] == ["0", "1", "2", "3"], "shootdown cpus: the task of every CPU", result)
ok(re.search(r"^ *-[\d.]+ us +CPU\d .*(walk|read|set|flush|switch|lazy|rcu|call)", out, re.M | re.I),
   "shootdown events: the newest events as text", result)
done()
