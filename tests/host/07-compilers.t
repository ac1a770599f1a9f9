#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What other compilers make of it, where they are installed: clang, and every gcc-N that is not the
default. The image and the explorer build without a word, and do what gcc's do."""
import glob
import os
import re
import shutil
import tempfile

from hosttest import TOP, boot, done, equal, machine, need_kernel, ok, run, skip

SCENARIO = "wake_vs_sleep"  # stacks are switched, interrupts taken; searched in no time


def compilers():
    """One name for each program other than gcc."""
    found, seen = [], {os.path.realpath(shutil.which("gcc"))}
    for directory in os.environ["PATH"].split(":"):
        for path in sorted(glob.glob(f"{directory}/clang*") + glob.glob(f"{directory}/gcc-*")):
            if re.fullmatch(r"(clang|gcc)(-\d+)?", os.path.basename(path)) and os.path.realpath(path) not in seen:
                seen.add(os.path.realpath(path))
                found.append(path)
    return found


def verdicts(result):
    """Without numbers of schedules: stacks have another layout."""
    return re.findall(r"^((?:not )?ok \d+ \S+ # \S+) .*complete=(\S+)", result.out, re.M)


need_kernel("unit")
if not compilers():
    skip("other compilers", "neither clang nor another gcc is installed")
    done()
with machine():
    run(["make", "build/model/explore"], timeout=600)
want = verdicts(run(["build/model/explore", SCENARIO]))
for cc in compilers():
    name = os.path.basename(cc)
    with tempfile.TemporaryDirectory() as tmp:
        for part in ("boot", "kernel", "arch", "mm", "tests", "tools"):
            shutil.copytree(os.path.join(TOP, part), os.path.join(tmp, part))
        for part in ("Makefile", "linker.ld"):
            shutil.copy(os.path.join(TOP, part), tmp)

        def make(*args):
            with machine():
                return run(["make", f"CC={cc}", *args], timeout=600, cwd=tmp)

        for args in (["image"], ["image", "FLAVOUR=bench"], ["build/model/explore"], ["build/explore/litmus"]):
            result = make(*args)
            noise = [l for l in result.out.splitlines() if not re.match(r"  [A-Z]+ +\S+$", l)]
            ok(result.status == 0 and not result.err and not noise, f"{name}: make {' '.join(args)}", result)
        result = boot(RUN="unit", SMP=2, IMAGE=f"{tmp}/build/debug/shootdown.elf", timeout=240)
        ok(result.status == 0 and re.search(r"^ok \d+", result.out, re.M), f"{name}: the unit tests", result)
        result = boot(POLICY="broadcast", DURATION=1, IMAGE=f"{tmp}/build/debug/shootdown.elf")
        ok(result.status == 0 and "broadcast: walks" in result.out, f"{name}: the operations", result)
        result = run([f"{tmp}/build/model/explore", SCENARIO])
        ok(want and verdicts(result) == want, f"{name}: explores to the same verdicts", result)
        if name.startswith("clang"):
            for variant in ("RACES", "SANITIZE"):
                result = make(f"{variant}=1", "build/model/explore")
                said = [l for l in result.err.splitlines() if "built by gcc" in l]
                equal((result.status, len(said)), (2, 1), f"{name}: {variant}=1 is refused", result)
done()
