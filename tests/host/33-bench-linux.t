#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make bench-linux: a real Linux counts as our kernel does, and a count that is wrong is seen. Skipped, but for
what needs no Linux, where Debian's kernel cannot be had."""
import os
import re
import tempfile

from hosttest import clean_environment, done, equal, machine, ok, one_line, patient, run, skip, write

import bench_linux
import bench_rows

FAKE = """#!/bin/sh
[ "$1" != --version ] || { echo "QEMU emulator version 7.2.22 (fake)"; exit 0; }
cat "$FAKE_TEXT"
exec sleep "${FAKE_SLEEP:-0}"
"""
SMP = 4


def result(bench, variant, flush, sync, policy="linux", mask=SMP, odd=0, median=1000):
    return {"bench": bench, "variant": variant, "policy": policy, "set": bench, "flush": "ipi", "cpus": SMP, "mask": mask, "n": 30, "odd": odd,
            "median": median, "spread": 100, "flush_ipis": flush, "sync_ipis": sync}


def compare(linux, ours, wanted=None):
    """(what each row ends with, good)"""
    lines, good = bench_linux.counts_table("title", bench_linux.rows(linux, ours), wanted)
    ok(all(len(line) <= 72 for line in lines), "72 columns", "\n".join(lines))
    return [line.split("  ")[-1] for line in lines[4:] if line[0] != " "], good


## The comparison

OURS = [result("collapse", "op", 3, 3, "broadcast"), result("collapse", "op", 3, 0, "implied"),
        result("mprotect", "op", 6, 3, "broadcast"), result("mprotect", "op", 6, 0, "implied"),
        result("zap", "batch", 3, 0, "broadcast"), result("zap", "batch", 3, 0, "implied")]
TODAY = [result("collapse", "op", 3, 3), result("mprotect", "op", 6, 3), result("zap", "batch", 3, 0)]
equal(compare(TODAY, OURS, "broadcast"), (["as broadcast", "as broadcast", "as all"], True), "Linux as it is")
PATCHED = [result("collapse", "op", 3, 0), *TODAY[1:]]
equal(compare(PATCHED, OURS), (["as implied", "as broadcast", "as all"], True), "with a series that skips a sync")
equal(compare(PATCHED, OURS, "broadcast"), (["DIFFERS", "as broadcast", "as all"], False), "which is red where none is expected")
equal(compare(TODAY, OURS, "implied")[1], False, "POLICY=implied: a sync that is still there is red")
equal(compare([result("collapse", "op", 3, 6)], OURS), (["DIFFERS"], False), "one broadcast too many: red")
equal(compare([result("collapse", "op", 2, 3)], OURS), (["DIFFERS"], False), "one CPU too few: red")
equal(compare([result("collapse", "op", 3, 3, odd=15)], OURS), (["odd 15/30"], False), "counts that vary: red")
equal(compare([result("collapse", "op", 1, 3, mask=2)], OURS), (["-"], True), "what we did not measure is not compared")
equal(compare([], OURS)[1], False, "no result at all: red")

BARE = [result("collapse", "ipi", 0, 3, median=500), result("zap", "ipi", 0, 3, median=500)]
saved = bench_linux.saved_table([("a", TODAY[:1] + TODAY[2:] + BARE), ("b", [result("collapse", "op", 3, 0, median=400), TODAY[2], *BARE])])
equal([line.split()[-4:] for line in saved[4:]], [["4", "0", "3", "1.2"], ["4", "0", "0", "noise"]], "what a second kernel saves", saved)

## What goes wrong, with a program in QEMU's place

result_of_make = run(["make", "build/bench-linux/init"])
ok(result_of_make.status == 0, "the program is built", result_of_make)
with tempfile.TemporaryDirectory() as tmp:
    qemu, text, kernel = (os.path.join(tmp, name) for name in ("qemu", "text", "bzImage"))
    write(qemu, FAKE)
    os.chmod(qemu, 0o755)
    write(kernel, "x" * 0x202 + "HdrS")

    def fake(says, **env):
        write(text, says)
        return run(["tools/bench_linux.py"], {"QEMU": qemu, "FAKE_TEXT": text, "KERNEL": kernel, "ACCEL": "tcg",
                                              **{k: str(v) for k, v in env.items()}})

    one_line(fake("x\r\n[    1.0] Kernel panic - not syncing: VFS\r\n"), "panicked: Kernel panic - not syncing: VFS", "a panic", status=3)
    one_line(fake("booting\n", FAKE_SLEEP=60, TIMEOUT=2), "no end within 2 s .*'booting'", "a hang", status=4)
    one_line(fake("", FAKE_SLEEP=60, TIMEOUT=2), "it printed nothing", "silence", status=4)
    one_line(fake("\n# bench-linux: no file of hugetlb: Function not implemented\n"), "cannot be measured: no file of hugetlb",
             "a kernel that lacks something")
    one_line(fake("rebooting\n"), "QEMU ended early.*rebooting", "an early end", status=3)
    one_line(fake("# json {nonsense}\n# bench-linux: end\n"), "no JSON", "a line that was cut")
    one_line(fake("", KERNEL="/nonexistent"), "KERNEL=/nonexistent: No such file", "no such kernel")
    one_line(fake("", KERNEL=text), "neither a bzImage nor", "no kernel")
    one_line(fake("", KERNEL="", LINUX=tmp), "make bzImage", "a tree without an image")
    one_line(fake("", SMP=1), "SMP=1: ", "one CPU")
    one_line(fake("", SMP="many"), "SMP=many: ", "no number of CPUs")
    one_line(run(["tools/linux/kernel.sh", "No/Suite"]), "no name of a suite", "no suite")

## A real one

fetched = run(["tools/linux/kernel.sh"], timeout=200)
if fetched.status:
    skip("Linux beside ours", fetched.err.strip().splitlines()[-1])
    done()
with machine(alone=True):
    limit = patient(200)
    both = run(["make", "bench-linux"], {"SMP": SMP, "TIMEOUT": limit}, timeout=2 * limit)
ok(both.status == 0 and "DIFFERS" not in both.out, "the counts of Linux are ours", both)
for name, flush, sync in (("collapse", 3, 3), ("unshare: munmap", 3, 3), ("unshare: exit", 0, 3), ("zap, with tables", 3, 0)):
    want = f"{name:17} {SMP:>4} {flush:>5} {sync:>5} {flush:>5} {sync:>5} {flush:>5} {0:>5}"
    ok(want in both.out, f"{name}: {flush} + {sync}", want, both.out)

# The same results of Linux, beside our kernel with one flush too few: the gather does not see the other one.
own = clean_environment({"SMP": SMP})
os.environ.clear()
os.environ.update(own)
linux = bench_rows.load(re.search(r"^bench-linux: (\S+\.jsonl)$", both.err, re.M).group(1))
with machine(alone=True):
    ours = bench_linux.run_ours(SMP, SMP, ["mprotect"], "busted=gather_no_nested", FLAVOUR="debug")
verdicts, good = compare(linux, ours, "broadcast")
ok(not good and verdicts.count("DIFFERS") == 1, "a planted bug in our kernel: mprotect differs", verdicts)
done()
