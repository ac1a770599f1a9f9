#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make explore LINUX= LINUX_PATCH=: the tree without and with patches, which are made from its text here."""
import difflib
import os
import re
import tempfile

from hosttest import done, equal, ok, run, skip

TREE = os.environ.get("LINUX") or "debian:trixie-backports"
prepared = run(["tools/linux/prepare.sh"], env={"LINUX": TREE}, timeout=400)
if prepared.status:
    skip("patches on Linux's sources", f"LINUX={TREE} cannot be had: " + (prepared.err.strip().splitlines() or ["?"])[-1])
    done()
SOURCE = os.path.join(prepared.out.strip(), "source")
SYNC = r"^\ttlb_remove_table_sync_one\(\);\n"
SYNCED = ("collapse vs gup", "khugepaged vs gup", "unshare vs gup", "unshare three vs gup")
with open(os.path.join(SOURCE, "arch/x86/mm/tlb.c"), encoding="utf-8") as file:
    FLUSH = "invlpgb" if "broadcast_tlb_flush" in file.read() else "ipi"


def mail(subject, path, pattern, new):
    """A mail with a patch: in the tree's file each match is replaced."""
    with open(os.path.join(SOURCE, path), encoding="utf-8") as source:
        old = source.read()
    text, times = re.subn(pattern, new, old, flags=re.M)
    ok(times, f"{path} has what the patch changes")
    diff = difflib.unified_diff(old.splitlines(True), text.splitlines(True), f"a/{path}", f"b/{path}")
    return (f"From {'0' * 40} Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH] {subject}\n\n---\n"
            f"diff --git a/{path} b/{path}\n{''.join(diff)}-- \n2.39.5\n\n")


def explore(name, *mails, options=()):
    with tempfile.TemporaryDirectory() as folder:
        series = os.path.join(folder, f"{name}.mbox")
        with open(series, "w", encoding="utf-8") as file:
            file.write("".join(mails))
        return run(["tools/linux/explore.sh", *options], env={"LINUX": TREE, "LINUX_PATCH": series}, timeout=500)


def row(result, operation, flush):
    """The columns after the flush: IPIs, useful, verdict, without the sync; IPIs and verdict with the patches."""
    found = re.search(rf"^{operation} +{flush} +(.*)$", result.out, re.M)
    return found.group(1).split() if found else []


TWICE = mail("mm/khugepaged: Wait twice", "mm/khugepaged.c", SYNC, r"\g<0>\g<0>")
harmless = explore("harmless", TWICE)
equal(harmless.status, 0, "two syncs in place of one: status 0", harmless)
columns = row(harmless, "khugepaged vs gup", "ipi")
equal(columns, ["1+1", "0", "never", "never", "1+2", "never"], "the row: each sync interrupts one CPU", harmless)
ok(re.search(r"^What the patches change:$", harmless.out, re.M) and not re.search(r"^  linux_.*never ->", harmless.out, re.M)
   and re.search(r"^  linux_khugepaged_vs_gup\.ipi\.broadcast: IPIs 1\+1 -> 1\+2$", harmless.out, re.M), "the change is named", harmless.out)
ok("\n  mm/khugepaged: Wait twice\n" in harmless.out and harmless.out.count("build/linux-") == 3, "subjects and both trees", harmless.out)
ok(max(map(len, harmless.out.splitlines())) <= 72, "72 columns", harmless.out)
ok(harmless.out.endswith("\nVerdict: as expected, and the patches make no case red\n"), "the last line", harmless.out)

NONE = mail("mm/khugepaged: Do not wait", "mm/khugepaged.c", SYNC, "")
COMMENT = mail("mm/gup: Say nothing", "mm/gup.c", r"\Z", "/* nothing */\n")
harmful = explore("harmful", NONE, COMMENT)
if FLUSH == "invlpgb":
    equal(harmful.status, 1, "no sync in collapse_huge_page(): status 1", harmful)
    equal(row(harmful, "khugepaged vs gup", "invlpgb")[2:4] + row(harmful, "khugepaged vs gup", "invlpgb")[5:], ["never", "red", "red"],
          "the row", harmful.out)
    ok("  linux_khugepaged_vs_gup.invlpgb.broadcast+hw: never -> red: walks\n" in harmful.out, "the verdict that changes is named", harmful.out)
    ok(re.search(r"^With the patches:\n  invlpgb +not sound: ", harmful.out, re.M), "the answer with the patches", harmful.out)
    ok(not re.search(r"^Not as expected", harmful.out, re.M), "the tree itself is as expected", harmful.out)
    ok("with\n  SCENARIO=linux_khugepaged_vs_gup CASE=invlpgb.broadcast+hw\n" in harmful.out and harmful.out.endswith("\nVerdict: RED, see above\n"),
       "how to see the schedule; the last line", harmful.out)
equal(row(harmful, "khugepaged vs gup", "ipi"), ["1+1", "0", "never", "never", "1+0", "never"], "with IPIs: never red, and one IPI less", harmful.out)
equal([operation for operation in SYNCED if row(harmful, operation, "ipi")[:4] != ["1+1", "0", "never", "never"]], [], "the tree's columns", harmful.out)
ok("\n  mm/khugepaged: Do not wait\n  mm/gup: Say nothing\n" in harmful.out, "both subjects", harmful.out)

alone = explore("harmful", NONE, COMMENT, options=("linux_khugepaged_vs_gup", "invlpgb.broadcast"))
equal(alone.status, 1 if FLUSH == "invlpgb" else 2, "a scenario: of the tree with its patches", alone)
if FLUSH == "invlpgb":
    ok("[collapse_huge(LINUX_ADDR)]" in alone.out and "INVLPGB at " in alone.out and not re.search("^# ran ", alone.out, re.M),
       "what each CPU has been asked for; no addresses", alone.out)

# What a search of the patched tree may print besides.
TREE_DIR, PATCHED = re.findall(r"build/linux-[0-9a-f]{12}", harmless.out)[:2]
CASE = r"ok (\d+ linux_khugepaged_vs_gup\.ipi\.broadcast #) never (.*)complete=yes(.*)"
for line, why in ((r"not ok \1 no verdict: Linux calls dump_stack()", "no verdict"), (r"not ok \1 never \2complete=no\3: not complete", "not complete")):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("explore", "lx", "version", "subjects"):
            os.symlink(os.path.abspath(f"{PATCHED}/{name}"), f"{folder}/{name}")
        with open(f"{PATCHED}/explore.tap", encoding="utf-8") as source, open(f"{folder}/explore.tap", "w", encoding="utf-8") as file:
            file.write(re.sub(CASE, line, source.read()))
        result = run(["tools/linux/table.py", TREE_DIR, folder])
    ok(result.status == 2 and f"  linux_khugepaged_vs_gup.ipi.broadcast: never -> {why}\n" in result.out, f"a case with the patches has {why}: status 2", result)

for name, planted in (("the same program", "true"), ("another one", "touch")):
    run([planted, f"{PATCHED}/explore"])
    began = os.stat(f"{PATCHED}/explore.tap").st_mtime_ns
    result = explore("harmless", TWICE)
    equal((result.status, os.stat(f"{PATCHED}/explore.tap").st_mtime_ns != began), (0, planted == "touch"),
          f"{name}: searched again or not", result)
done()
