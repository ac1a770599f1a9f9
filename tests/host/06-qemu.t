#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""QEMU= is the machine of every test: each test file is run in front of a QEMU that lets the kernel
list what it has and ends at once otherwise. None may start the one that the PATH has."""
import glob
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor

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


def started(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [line for line in file if line.strip() != "--version"]


def under(name, seconds=20):
    """What the test file @name starts of the QEMU that is asked for, and of the one in the PATH; its result."""
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
        result = run([name], {"QEMU": f"{tmp}/asked-for", "PATH": f"{tmp}/bin:{os.environ['PATH']}"}, timeout=seconds)
        return started(log), started(trap), result


def first_starts(path):
    """What it starts in the first seconds, by hosttest.boot() as all that it starts later; some build first."""
    asked, trapped, result = under(path, 3)
    return (asked, trapped, result) if asked or trapped else under(path, 20)


def boots(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    # Those of the explorer take minutes to search; their few guests are boot()'s, as those of the others.
    return re.search(r"\b(need_kernel|boot)\(", text) and "build/model/explore" not in text and path != os.path.abspath(__file__)


# The trap works: a test that does not ask which.
with tempfile.TemporaryDirectory() as folder:
    script(f"{folder}/bad.t", "exec qemu-system-x86_64 -machine none\n")
    asked, trapped, _ = under(f"{folder}/bad.t")
equal((len(asked), len(trapped)), (0, 1), "one that names the program is seen")

tests = [path for path in sorted(glob.glob(os.path.join(TOP, "tests/host/*.t"))) if boots(path)]
ok(len(tests) > 10, f"{len(tests)} test files boot guests")
# Most of the time they wait.
with ThreadPoolExecutor(2) as pool:
    for path, (asked, trapped, result) in zip(tests, pool.map(first_starts, tests)):
        ok(asked and not trapped, f"{os.path.basename(path)}: starts the one that was asked for, and no other", "".join(trapped), result)
done()
