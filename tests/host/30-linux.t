#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make explore LINUX=: Linux's own code under the search. What is planted into it is found."""
import os
import re
import shutil
import tempfile

from hosttest import diag, done, ok, run, skip

TREE = os.environ.get("LINUX") or "debian:trixie-backports"
prepared = run(["tools/linux/prepare.sh"], env={"LINUX": TREE}, timeout=400)
if prepared.status and "LINUX" not in os.environ:
    skip("Linux's sources under the search", f"LINUX={TREE} cannot be had: " + (prepared.err.strip().splitlines() or ["?"])[-1])
    done()
if not ok(prepared.status == 0, f"LINUX={TREE} can be prepared", prepared.err):
    done()
DIR = os.path.relpath(prepared.out.strip())
SOURCE = os.path.join(DIR, "source")
with open(os.path.join(DIR, "version"), encoding="utf-8") as file:
    VERSION = file.readline().strip()
with open(os.path.join(SOURCE, "arch/x86/mm/tlb.c"), encoding="utf-8") as file:
    BROADCAST = "broadcast_tlb_flush" in file.read()


## The tree as it is

whole = run(["make", "explore", f"LINUX={TREE}"], timeout=500)
ok(whole.status == 0, "the tree as it is: every case as expected", whole.out, whole.err)
flushes = ("ipi", "invlpgb") if BROADCAST else ("ipi",)
for row, flush in [(row, flush) for row in ("collapse vs gup", "khugepaged vs gup", "unshare vs gup") for flush in flushes]:
    want = r"1\+1 +0 never +never" if flush == "ipi" else r"0\+1 +[1-9]\d* never +red: walks"
    ok(re.search(rf"^{row} +{flush} +{want}$", whole.out, re.M), f"{row}, {flush}: the row of the table", whole.out)
answers = dict(re.findall(r"^  (ipi|invlpgb) +(\w+): ", whole.out, re.M))
ok(answers == {"ipi": "redundant", **({"invlpgb": "needed"} if BROADCAST else {})}, "the answer for each flush", whole.out)
ok(max(map(len, whole.out.splitlines())) <= 72 and "mm/khugepaged.c: " in whole.out and "folio_isolate_lru" in whole.out,
   "what was real, and what was not", whole.out)


def ours(out):
    """Of each operation: the number of functions of ours that ran, and their names."""
    found = re.search(r"^Functions of ours that ran in place of Linux's: (.*?)^Variables left zero", out, re.M | re.S)
    words = found.group(1).split() if found else []
    numbers = {word.strip(",:"): int(n) for n, into, word in zip(words, words[1:], words[2:]) if into == "in"}
    names, current, complete = {}, [], True
    for word in words[3 * len(numbers):]:
        if word[-1] in ",:":
            current = ([] if complete else current) + [word[:-1]]
            complete = word[-1] == ":"
        else:
            for operation in current:
                names.setdefault(operation, set()).add(word)
    return numbers, names


numbers, names = ours(whole.out)
ok(0 < numbers.get("unshare", 99) <= 20 and 0 < numbers.get("collapse", 99) <= 20, "at most 20 functions of ours in collapse and in unshare", numbers)
ok({operation: len(found) for operation, found in names.items()} == {operation: n for operation, n in numbers.items() if n} and "find_vma" in names.get("collapse", ()), "all are named", numbers, names)

if BROADCAST:
    ok(re.search(r"^collapse vs two gups ipi +\d\+\d +0 bounded +never$", whole.out, re.M) and
       re.search(r"^bounded: linux_collapse_vs_two_gups\.ipi\.broadcast: never red in any\s+schedule with at most 4 preemptions$", whole.out, re.M),
       "a search with a bound is not called complete", whole.out)
for jobs in "1", "2":
    cut = run([f"{DIR}/explore", "--jobs", jobs, "--schedules", "100", "linux_collapse_vs_two_gups", "ipi.broadcast"], timeout=100)
    ok(cut.status == 1 and "schedule limit" in cut.out and "bounded=" not in cut.out, f"one that is cut within its bound is not as expected, {jobs}", cut.out)

contract = run([f"{DIR}/explore", "--jobs", "2", "--all", "--check", "30", "--seconds", "400"], timeout=500)
ok(contract.status == 0, "all cases keep the rules of the search", contract.out)

if not VERSION.startswith("7.3"):
    skip("what is planted is found", f"the plants are for the text of 7.3, this is {VERSION}")
    done()


## Planted into a file of the tree


def edited(path, *changes):
    """A directory with a copy of the tree's file in which each pattern is replaced, once or more."""
    folder = tempfile.mkdtemp(prefix="linux-")
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        text = file.read()
    for pattern, new in changes:
        text, times = re.subn(pattern, new, text, flags=re.M)
        if not times:
            diag(f"{path}: {pattern} is not in this tree")
    os.makedirs(os.path.dirname(os.path.join(folder, path)))
    with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
        file.write(text)
    return folder


def build(folder):
    result = run(["tools/linux/build.sh", DIR, folder], timeout=200)
    shutil.rmtree(folder)
    return result


def search(scenario, case=""):
    return run([f"{DIR}/edited/explore", "--jobs", "2", scenario, *([case] if case else [])], timeout=200)


def word(result, case):
    found = re.search(rf"ok \d+ {re.escape(case)} # (never|red|no verdict)", result.out)
    return found.group(1) if found else None


IRQS = [(r"local_irq_save\(flags\);", "preempt_disable(); (void)flags;"), (r"local_irq_restore\(flags\);", "preempt_enable();")]
build(edited("mm/gup.c", *IRQS))
result = search("linux_collapse_vs_gup", "ipi.broadcast")
ok("linux: WARN at mm/gup.c:" in result.out, "GUP-fast with interrupts on: Linux's own VM_WARN_ON_ONCE()", result.out)

build(edited("mm/gup.c", *IRQS, (r"VM_WARN_ON_ONCE\(!irqs_disabled\(\)\);", "")))
result = search("linux_collapse_vs_gup", "ipi.broadcast")
ok("frames: CPU1 reads frame" in result.out, "the same without that: the oracle frames", result.out)

LAZY = (r"(\* the TLB shootdown code\.\n\s*\*/\n\s*)smp_mb\(\);", r"\1barrier();")
build(edited("arch/x86/mm/tlb.c", LAZY))
result = search("linux_lazy_vs_zap")
ok(word(result, "linux_lazy_vs_zap.ipi.broadcast") == "never" and word(result, "linux_lazy_vs_zap.ipi.broadcast+tso") == "red",
   "no smp_mb() when a lazy CPU comes back: red with store buffers only", result.out)
ok("# needs: store buffer of CPU1" in result.out, "and it needs CPU1's", result.out)

# is_lazy is stored plainly: also plain stores go through the store buffer.
build(edited("arch/x86/mm/tlb.c", LAZY, (r"this_cpu_write\(cpu_tlbstate_shared\.is_lazy, false\);",
                                         "*(bool *)this_cpu_ptr(&cpu_tlbstate_shared.is_lazy) = false;")))
result = search("linux_lazy_vs_zap")
ok(word(result, "linux_lazy_vs_zap.ipi.broadcast") == "never" and word(result, "linux_lazy_vs_zap.ipi.broadcast+tso") == "red",
   "the same with a plain store", result.out)

build(edited("mm/khugepaged.c", (r"^\ttlb_remove_table_sync_one\(\);", "")))
result = search("linux_khugepaged_vs_gup")
ok(word(result, "linux_khugepaged_vs_gup.ipi.broadcast") == "never" and word(result, "linux_khugepaged_vs_gup.invlpgb.broadcast+hw") == "red",
   "collapse_huge_page() without its sync: red with INVLPGB", result.out)

build(edited("arch/x86/mm/tlb.c", (r"^\tnew_tlb_gen = inc_mm_tlb_gen\(mm\);", "\tnew_tlb_gen = atomic64_read(&mm->context.tlb_gen);")))
result = search("linux_lazy_vs_zap", "ipi.broadcast")
ok(result.status == 1 and "hardware: CPU1 uses page" in result.out, "a flush that does not raise tlb_gen: red", result.out)

RCU = (r"call_rcu\(&batch->rcu, tlb_remove_table_rcu\);", "tlb_remove_table_rcu(&batch->rcu);")
build(edited("mm/mmu_gather.c", RCU))
result = search("linux_free_vs_gup")
ok(word(result, "linux_free_vs_gup.ipi.broadcast") == "never" and word(result, "linux_free_vs_gup.invlpgb.broadcast+hw") == "red",
   "tables freed without RCU: red with INVLPGB", result.out)

OWNER = "linux_unshare_vs_owner", "ipi.broadcast+fill"
build(edited("kernel/locking/rwsem.c", (r"^(static inline bool rwsem_write_trylock\([^{]*\{[^}]*\}\n\n)\treturn false;", r"\1\treturn true;")))
result = search(*OWNER)
ok(result.status == 1 and "hardware: the page walker of CPU1 reads table" in result.out, "down_write() of a rwsem that is held: red", result.out)

build(edited("kernel/locking/rwsem.c", (r"(tmp = atomic_long_fetch_add_release\(-RWSEM_WRITER_LOCKED.*\n\tif \()", r"\1false && ")))
result = search(*OWNER)
ok(result.status == 1 and "#   deadlock\n" in result.out, "up_write() wakes nobody: a deadlock", result.out)


## What the shim does not know ends with status 2, and its name

plant = (r"^(pmd_t pmdp_collapse_flush\(.*\n.*\n\{)", r"\1\n\tdump_stack();")
build(edited("mm/pgtable-generic.c", plant))
result = search("linux_collapse_vs_gup", "ipi.never")
ok(result.status == 2 and "Linux calls dump_stack()" in result.out and "not ok" in result.out, "a function without a stub: no verdict", result.out)

result = build(edited("mm/pgtable-generic.c", (r"^(pmd_t pmdp_collapse_flush\(.*\n.*\n\{)", r'\1\n\tasm volatile("cli");')))
ok(result.status == 2 and "mm/pgtable-generic.c" in result.err and "pmdp_collapse_flush: " in result.err,
   "an instruction that is no step", result.err)

for name, change in (("another asm statement", (r"(static inline void invlpg\b)", r'static inline void more(void) { asm volatile("wbinvd"); }\n\1')),
                     ("no INVLPG", (r"invlpg \(%0\)", "invlpg %0"))):
    folder = edited("arch/x86/include/asm/tlb.h", change)
    result = run(["tools/linux/shim-tlb.sh", f"{folder}/arch/x86/include/asm/tlb.h"])
    shutil.rmtree(folder)
    ok(result.status == 2 and "does not know this tree" in result.err, f"<asm/tlb.h> with {name}", result.err)
done()
