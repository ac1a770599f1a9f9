#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make explore LINUX=debian on Debian 12: Linux 6.1, of whose tlb.c a copy is compiled. What is planted is found."""
import difflib
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

from hosttest import diag, done, ok, run  # noqa: E402

TREE = "debian:bookworm"
TLB = "arch/x86/mm/tlb.c"


def lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


## The tree as it is, by the test that is there for any tree

result = run(["tests/host/30-linux.t"], env={"LINUX": TREE}, timeout=600)
ok(result.status == 0 and "not ok" not in result.out, "the table, the answer, the rules of the search", result.out)
DIR = os.path.relpath(run(["tools/linux/prepare.sh"], env={"LINUX": TREE}).out.strip())

result = run(["make", "explore", f"LINUX={TREE}"], timeout=500)
ok(f"  {TLB}(but-INVLPG): " in result.out, "the table says that tlb.c is not the tree's own", result.out)
ok("left out: all cases with flush invlpgb; " in result.err and "left out: linux_nomem_vs_gup; " in result.err,
   "and which cases are left out", result.err)
again = run(["make", "explore", f"LINUX={TREE}"], timeout=100)
ok(again.out == result.out and again.err == result.err, "a second time, from the first search: the same is said", again.out, again.err)
ok(" invlpgb" not in result.out and "nomem vs gup" not in result.out, "they are in no row", result.out)
result = run(["make", "explore", f"LINUX={TREE}", "SCENARIO=linux_nomem_vs_gup"], timeout=100)
ok(result.status == 2, "asked for, one that is left out is an error", result.out, result.err)

differ = [line for line in difflib.unified_diff(lines(f"{DIR}/source/{TLB}"), lines(f"{DIR}/lx/copy/{TLB}"), n=0, lineterm="")
          if not line.startswith(("---", "+++", "@@"))]
ok(len(differ) == 2 and "asm volatile(\"invlpg " in differ[0] and differ[1] == "+\tmodel_invlpg(addr);",
   "one line of tlb.c is replaced", "\n".join(differ))


## Planted


def build(path, *changes):
    """An explorer with an edited copy of one file. Each pattern is there once."""
    text = "\n".join(lines(f"{DIR}/source/{path}")) + "\n"
    for pattern, new in changes:
        text, times = re.subn(pattern, new, text, flags=re.M)
        if times != 1:
            diag(f"{path}: {pattern} is {times} times in this tree")
    with tempfile.TemporaryDirectory(prefix="linux-") as folder:
        os.makedirs(os.path.dirname(f"{folder}/{path}"))
        with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
            file.write(text)
        return run(["tools/linux/build.sh", DIR, folder], timeout=200)


def search(*args):
    return run([f"{DIR}/edited/explore", "--jobs", "2", *args], timeout=200)


build("mm/gup.c", (r"local_irq_save\(flags\);", "preempt_disable(); (void)flags;"), (r"local_irq_restore\(flags\);", "preempt_enable();"))
result = search("linux_collapse_vs_gup", "ipi.broadcast")
ok(result.status == 1 and "frames: CPU1 reads frame" in result.out, "GUP-fast with interrupts on: red", result.out)

build(TLB, (r"(\* the TLB shootdown code\.\n\s*\*/\n\s*)smp_mb\(\);", r"\1barrier();"))
result = search("linux_lazy_vs_zap")
ok(re.search(r"^ok .*linux_lazy_vs_zap\.ipi\.broadcast # never", result.out, re.M) and
   re.search(r"^not ok .*linux_lazy_vs_zap\.ipi\.broadcast\+tso # red", result.out, re.M),
   "no smp_mb() when a lazy CPU comes back: red with store buffers only", result.out)
result = search("linux_lazy_vs_zap", "ipi.broadcast+tso")
ok(f"{TLB}(but-INVLPG):" in result.out, "its history names places in the copy", result.out)

build(TLB, (r"^\tnew_tlb_gen = inc_mm_tlb_gen\(mm\);", "\tnew_tlb_gen = atomic64_read(&mm->context.tlb_gen);"))
result = search("linux_lazy_vs_zap", "ipi.broadcast")
ok(result.status == 1 and "hardware: CPU1 uses page" in result.out, "a flush that does not raise tlb_gen: red", result.out)

build(TLB, (r"^(STATIC_NOPV void native_flush_tlb_one_user.*\n\{\n)", r"\1\treturn;\n"))
result = search("linux_zap_vs_load", "ipi.broadcast")
ok(result.status == 1 and "hardware: CPU1 uses page" in result.out, "no INVLPG is carried out: red", result.out)


## The substitution is of exactly one statement, the one that is known

INVLPG = r'^(\tasm volatile\("invlpg .*)'
for name, want, change in (("a second INVLPG", "more than one INVLPG", (INVLPG, r"\1\n\1")),
                           ("another asm statement", "an asm statement is left", (INVLPG, r'\1\n\tasm volatile("wbinvd");')),
                           ("no INVLPG", "no INVLPG", (INVLPG, "")),
                           ("another form of it", "an asm statement is left", (r'"invlpg \(%0\)"', '"invlpg %0"'))):
    result = build(TLB, change)
    ok(result.status == 2 and want in result.err and "does not know this tree" in result.err, f"tlb.c with {name}: status 2", result.err)
done()
