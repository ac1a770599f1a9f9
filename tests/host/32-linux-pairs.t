#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Our kernel and Linux's code have the same verdicts, in the pairs of cases of tests/scenario/linux/pairs."""
import os
import re
import tempfile

from hosttest import done, ok, run, skip

TREE = os.environ.get("LINUX") or "debian:trixie-backports"
prepared = run(["tools/linux/prepare.sh"], env={"LINUX": TREE}, timeout=400)
if prepared.status:
    skip("our verdicts and Linux's", f"LINUX={TREE} cannot be had: " + (prepared.err.strip().splitlines() or ["?"])[-1])
    done()
theirs = run(["tools/linux/explore.sh"], env={"LINUX": TREE}, timeout=500)
with open(os.path.join(prepared.out.strip(), "explore.tap"), encoding="utf-8") as file:
    THEIRS = file.read()
built = run(["make", "build/model/explore"], timeout=400)
OURS = run(["build/model/explore", "--jobs", "2"], timeout=400).out
with open("tests/scenario/linux/pairs", encoding="utf-8") as file:
    PAIRS = file.read()
ok(theirs.status == 0 and built.status == 0 and OURS, "both have been searched", theirs, built)


def compare(ours=OURS, theirs=THEIRS, pairs=PAIRS):
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, name) for name in ("ours", "theirs", "pairs")]
        for path, text in zip(files, (ours, theirs, pairs)):
            with open(path, "w", encoding="utf-8") as output:
                output.write(text)
        return run(["tools/linux/pairs.py", *files])


def planted(name, status, *lines, **texts):
    result = compare(**texts)
    ok(result.status == status and all(line in result.out for line in lines), f"{name}: status {status}, and named", result)


result = compare()
ok(result.status == 0 and len(re.findall(r" (?:never|red|useful)$", result.out, re.M)) >= 15, "every pair has the same verdict", result)
ok(max(map(len, result.out.splitlines())) <= 72, "72 columns", result.out)

OUR, THEIR = "zap_vs_load.ipi.broadcast", "linux_zap_vs_load.ipi.broadcast"
planted("a planted bug of Linux's side", 1, f"different: {OUR}: never\n    {THEIR}.linux_unflushed: red\n",
        pairs=PAIRS + f"{OUR} {THEIR}.linux_unflushed\n")
planted("a planted bug of ours", 1, f"different: {OUR}.tlb_no_remote: red\n    {THEIR}: never\n", pairs=PAIRS + f"{OUR}.tlb_no_remote {THEIR}\n")
OUR, THEIR = "collapse_vs_gup.ipi.broadcast", "linux_khugepaged_vs_gup.ipi.broadcast"
planted("a sync of Linux's finds a walker", 1, f"different: {OUR}: never\n    {THEIR}: useful\n",
        theirs=re.sub(rf"({re.escape(THEIR)} #.*useful=)0", r"\g<1>7", THEIRS))
planted("a search of ours is not complete", 2, f"no verdict: {OUR}: none\n    {THEIR}: never\n",
        ours=re.sub(rf"({re.escape(OUR)} #.*complete=)yes", r"\1no", OURS))
planted("a case that there is not", 2, "no verdict: nothing_vs_gup.ipi.broadcast: none\n", pairs=PAIRS + f"nothing_vs_gup.ipi.broadcast {THEIR}\n")
planted("a pair of two flushes", 2, "not the same machine: collapse_vs_gup.invlpgb-nmi.broadcast\n",
        pairs=PAIRS + f"collapse_vs_gup.invlpgb-nmi.broadcast {THEIR}\n")
planted("a scenario of Linux's without a line", 2, "in no line of pairs: linux_khugepaged_vs_gup\n",
        pairs="\n".join(line for line in PAIRS.splitlines() if "linux_khugepaged" not in line) + "\n")
done()
