#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""QEMU= is the machine of every test: each test file is run in front of a QEMU that lets the kernel
list what it has and ends at once otherwise. None may start the one that the PATH has."""
import glob
import os
import re
import shutil
import tempfile

import hosttest
from hosttest import TOP, done, equal, ok, one_line, run, skip

# Named where the default stands, and where the program is under test itself.
NAME = re.compile(r"(?<![\w/.-])qemu-system-x86_64\b")
MAY_NAME = {"run.sh", "tools/setup.sh", "tools/variables", "tests/host/hosttest.py", "tests/host/04-setup.t",
            "tests/host/06-qemu.t", "tools/qemu/build.sh"}
named = set()
for pattern in ("run.sh", "Makefile", "tools/**/*", "tests/host*/*", "*/*.mk", "*/*/*.mk"):
    for path in glob.glob(pattern, recursive=True):
        if os.path.isfile(path) and not path.endswith((".patch", ".pyc")):
            with open(path, encoding="utf-8") as file:
                if NAME.search(file.read()):
                    named.add(path)
equal(sorted(named - MAY_NAME), [], "which files name the program", "a test takes hosttest.QEMU, a script run.sh")

# Else every test would skip what it cannot start.
one_line(run(["tools/check.sh"], {"QEMU": "/nonexistent"}), "QEMU=/nonexistent: no such program", "make check without it")

real = shutil.which(hosttest.QEMU)
if not real:
    skip("which QEMU the tests start", f"there is no {hosttest.QEMU}")
    done()


def script(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)


with tempfile.TemporaryDirectory() as tmp:
    log, trap = os.path.join(tmp, "log"), os.path.join(tmp, "trap")
    script(f"{tmp}/asked-for", f"""echo "$*" >>{log}
case $* in
--version | *run=list*) exec {real} "$@" ;;
esac
exit 33
""")
    os.mkdir(f"{tmp}/bin")
    script(f"{tmp}/bin/qemu-system-x86_64", f'echo "$*" >>{trap}\nexit 1\n')

    def started(path):
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [line for line in file if line.strip() != "--version"]

    def under(name, seconds=20):
        for path in (log, trap):
            if os.path.exists(path):
                os.unlink(path)
        env = {"QEMU": f"{tmp}/asked-for", "PATH": f"{tmp}/bin:{os.environ['PATH']}"}
        return run([name], env, timeout=seconds)

    # The trap works: a test that does not ask which.
    script(f"{tmp}/bad.t", "exec qemu-system-x86_64 -machine none\n")
    under(f"{tmp}/bad.t")
    equal((len(started(log)), len(started(trap))), (0, 1), "one that names the program is seen")

    for path in sorted(glob.glob(os.path.join(TOP, "tests/host/*.t"))):
        name = os.path.basename(path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if not re.search(r"\b(need_kernel|boot)\(", text) or path == os.path.abspath(__file__):
            continue
        if "build/model/explore" in text:
            continue  # minutes of searches; its few guests are boot()'s, as those of the others
        # What it starts in the first seconds, by hosttest.boot() as all that it starts later; some build first.
        for seconds in (3, 20):
            result = under(path, seconds)
            if started(log) or started(trap):
                break
        ok(started(log) and not started(trap), f"{name}: starts the one that was asked for, and no other",
           "".join(started(trap)), result)
done()
