#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Ctrl-C during a real run, at any moment, and a QEMU that is killed: a line, a status, nothing stays behind."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from hosttest import IMAGE, clean_environment, done, equal, machine, need_kernel, ok, patient


def processes(mark):
    """Those whose command line has the mark."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if mark.encode() in file.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


@contextlib.contextmanager
def started(command, **variables):
    """A run in a session of its own: (the process, by what its QEMU can be told from all others). Then nothing of it is left."""
    name = " ".join(command)
    with machine(), tempfile.TemporaryDirectory() as tmp:
        image = shutil.copy(IMAGE, tmp)
        env = clean_environment({"IMAGE": image, "TMPDIR": tmp, **{k: str(v) for k, v in variables.items()}})
        with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, start_new_session=True) as proc:
            yield proc, image
        left = processes(image)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        os.unlink(image)
        equal((left, os.listdir(tmp)), ([], []), f"{name}: no process and no temporary file is left")


def qemus(image):
    """The processes of QEMU, without timeout and the shell, that run this image."""
    return [pid for pid in processes(image) if b"isa-debug-exit" in read(pid, "cmdline") and read(pid, "comm").startswith(b"qemu")]


def read(pid, what):
    try:
        with open(f"/proc/{pid}/{what}", "rb") as file:
            return file.read()
    except OSError:
        return b""


need_kernel("torture")
for command, group in ((["./run.sh"], True), (["make", "run"], True), (["./run.sh"], False)):
    name = f"SIGINT to {'the group of ' if group else ''}{command[0]}"
    with started(command, DURATION=30, SMP=4) as (proc, image):
        first = proc.stdout.readline()
        time.sleep(0.5)
        ok(first and processes(image), f"{name}: a guest runs", first)
        (os.killpg if group else os.kill)(proc.pid, signal.SIGINT)
        try:
            proc.communicate(timeout=patient(10))
        except subprocess.TimeoutExpired:
            os.killpg(proc.pid, signal.SIGKILL)
    ok(proc.returncode not in (0, -signal.SIGKILL), f"{name}: it ends", proc.returncode)

# At any moment: while make and the shell set out, QEMU starts, the kernel boots, runs, and has ended.
for command in (["./run.sh"], ["make", "run"]):
    statuses = []
    for moment in (0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7):
        with started(command, RUN="list", SMP=1) as (proc, image):
            time.sleep(moment)
            os.killpg(proc.pid, signal.SIGINT)
            _, err = proc.communicate(timeout=patient(10))
        statuses.append(proc.returncode)
        # A shell that has not set its trap dies of the signal; a make that waits for a child that ends well goes on.
        ok(proc.returncode in (0, 2, 130, -signal.SIGINT) and "Traceback" not in err, f"SIGINT to {command[0]} after {moment} s: it ends", proc.returncode, err)
    ok(set(statuses) - {0}, f"{command[0]}: some were interrupted", statuses)

# QEMU is killed, as by a host without memory; or ended by somebody.
for signum in (signal.SIGKILL, signal.SIGTERM):
    with started(["./run.sh"], DURATION=30, SMP=2) as (proc, image):
        first = proc.stdout.readline()
        guests = qemus(image)
        began = time.monotonic()
        for guest in guests:
            os.kill(guest, signum)
        out, err = proc.communicate(timeout=patient(20))
    said = re.findall(r"^run\.sh: QEMU was ended by a signal from outside, without a verdict", err, re.M)
    ok(len(guests) == 1 and proc.returncode == 2 and len(said) == 1 and time.monotonic() - began < patient(10),
       f"QEMU gets {signum.name}: status 2 and one line", guests, proc.returncode, err)
done()
