#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Linux as Debian packages it, fetched where it is not there: what prepare.sh makes of it compiles every
file that the explorer takes, and patches are applied."""
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

from hosttest import done, equal, ok, run  # noqa: E402

FILES = ("arch/x86/mm/tlb.c", "kernel/smp.c", "mm/mmu_gather.c", "mm/pgtable-generic.c", "mm/gup.c", "mm/khugepaged.c",
         "mm/hugetlb.c", "mm/memory.c", "mm/mremap.c")
SUITES = (("bookworm", "6.1."), ("trixie", "6.12."), ("trixie-backports", "7."))
GUEST = ("arch/x86/kernel/kvm.c", "arch/x86/mm/tlb.c", "kernel/smp.c")


def prepare(suite, *fragments, **variables):
    """The directory, or None after a red line."""
    result = run(["tools/linux/prepare.sh", *fragments], {"LINUX": f"debian:{suite}", **variables}, timeout=600)
    return result.out.strip() if ok(result.status == 0, f"{suite}: prepared {' '.join(fragments)}", result) else None


def compiles(directory, files, suite):
    with open(f"{directory}/cflags", encoding="utf-8") as file:
        flags = file.read().split()
    with tempfile.TemporaryDirectory() as tmp:
        for name in files:
            result = run(["gcc", *flags, "-c", "-o", f"{tmp}/x.o", name], cwd=f"{directory}/source")
            ok(result.status == 0 and not result.err, f"{suite}: {name} compiles", result)


for suite, version in SUITES:
    directory = prepare(suite)
    if not directory:
        continue
    with open(f"{directory}/version", encoding="utf-8") as file:
        ok(re.match(re.escape(version) + r"[\d.]+ \(Debian ", file.read()), f"{suite}: is Linux {version}")
    compiles(directory, FILES, suite)
    result = run(["tools/linux/prepare.sh"], {"LINUX": f"debian:{suite}"})
    equal((result.out.strip(), result.err), (directory, ""), f"{suite}: a second time, nothing to do")
    guest = prepare(suite, "arch/linux/kvm.config")
    if guest:
        compiles(guest, GUEST, f"{suite}, as a guest of KVM")

# A patch of a file that is compiled, and of one that was not unpacked.
directory = prepare("trixie-backports")
if directory:
    with open(f"{directory}/source/mm/mmu_gather.c", encoding="utf-8") as file:
        first, *rest = (file.readline() for _ in range(4))
    with tempfile.TemporaryDirectory() as tmp:
        series = f"{tmp}/series.mbox"
        with open(series, "w", encoding="utf-8") as file:
            file.write("From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH 1/2] mm: One\n\n---\n"
                       "diff --git a/mm/mmu_gather.c b/mm/mmu_gather.c\n--- a/mm/mmu_gather.c\n+++ b/mm/mmu_gather.c\n"
                       f"@@ -1,4 +1,5 @@\n {first}+int lx_patched;\n" + "".join(f" {line}" for line in rest) +
                       "diff --git a/drivers/char/mem.c b/drivers/char/mem.c\n--- a/drivers/char/mem.c\n"
                       "+++ b/drivers/char/mem.c\n@@ -1 +1 @@\n-of no interest\n+here\n")
        patched = prepare("trixie-backports", LINUX_PATCH=series)
        if patched:
            with open(f"{patched}/source/mm/mmu_gather.c", encoding="utf-8") as file:
                ok("int lx_patched;" in file.read(), "a patch is applied")
            with open(f"{directory}/source/mm/mmu_gather.c", encoding="utf-8") as file:
                ok("int lx_patched;" not in file.read(), "but not to the tree")
            compiles(patched, ["mm/mmu_gather.c"], "patched")
            run(["rm", "-rf", patched])
done()
