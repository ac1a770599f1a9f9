#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Ctrl-C during a real run: no QEMU stays behind."""
import os
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


need_kernel("torture")
for command, group in ((["./run.sh"], True), (["make", "run"], True), (["./run.sh"], False)):
    name = f"SIGINT to {'the group of ' if group else ''}{command[0]}"
    with machine(), tempfile.TemporaryDirectory() as tmp:
        # A name of its own, by which its QEMU can be told from all others.
        image = shutil.copy(IMAGE, tmp)
        env = clean_environment({"IMAGE": image, "DURATION": 30, "SMP": 4, "TMPDIR": tmp})
        with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, start_new_session=True) as proc:
            first = proc.stdout.readline()
            time.sleep(0.5)
            ok(first and processes(image), f"{name}: a guest runs", first)
            (os.killpg if group else os.kill)(proc.pid, signal.SIGINT)
            try:
                proc.communicate(timeout=patient(10))
            except subprocess.TimeoutExpired:
                os.killpg(proc.pid, signal.SIGKILL)
        ok(proc.returncode not in (0, -signal.SIGKILL), f"{name}: it ends", proc.returncode)
        left = processes(image)
        equal(left, [], f"{name}: nothing is left")
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        os.unlink(image)
        equal(os.listdir(tmp), [], f"{name}: no temporary file is left")
done()
