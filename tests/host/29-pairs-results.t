#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""No operation's result is taken on trust: for each of the alphabet a wrong one, planted, is red.

CPU1's operation does nothing and says what it says alone; or, where that is not seen, as it leaves nothing
behind, it says what it would have said before CPU0 began: a load then gives the old page.
"""
import re
from concurrent.futures import ThreadPoolExecutor

from hosttest import done, equal, ok, run_merged, sources

EXPLORE = "build/model/explore"
# Return nothing and leave nothing: what their walks meet is for the oracles to judge.
SILENT = {"nmi_table", "nmi_huge", "nmi_two"}
# What CPU0 does: something far away; something that takes away what CPU1 looks at.
FAR = ("gup_two", "load_two", "load_one", "truncate")
NEAR = ("munmap_pmds", "munmap_pgds", "munmap_part", "move_page", "unshare_two", "unshare_two_too", "unshare_three",
        "unshare_three_too")

status, out = run_merged(["make", "-s", EXPLORE], 300)
ok(status == 0, "the explorer is built", out)
alphabet = sorted(set(re.findall(r"^OP\((\w+),", sources("tests/pairs"), re.M)))
ok(len(alphabet) > 50, f"the alphabet has {len(alphabet)} operations")


def verdict(bug, program):
    """What is red of it; None: it is green, or no program."""
    _, text = run_merged([EXPLORE, *(["--busted", bug] if bug else []), "--seconds", "1", program, "ipi.receipt-mmcpus"], 20)
    red = re.search(r"^not ok 1 .* # red .*\n#   (.*)$", text, re.M)
    return red and red.group(1)


def judged(op):
    """The first program in which the wrong result is red by its outcome, and not without it."""
    for bug, others in (("pairs_only_says", FAR), ("pairs_says_first", NEAR)):
        for other in others:
            program = f"{other}:{op}"
            why = verdict(bug, program)
            if why:
                return bug, program, why, verdict(None, program)
    return None


with ThreadPoolExecutor(2) as pool:
    results = dict(zip(alphabet, pool.map(judged, alphabet)))
for op, result in results.items():
    if op in SILENT:
        ok(result is None, f"{op}: returns nothing, leaves nothing", result)
    else:
        ok(result and result[2].startswith("as-if: ") and result[3] is None,
           f"{op}: {result[0]} in {result[1]} is red" if result else f"{op}: a wrong result is red", result)
equal(SILENT - set(alphabet), set(), "operations that return nothing are of the alphabet")

# A walk in an NMI, in a table that another CPU puts to another use, as no flush has told this CPU.
status, out = run_merged([EXPLORE, "--busted", "tlb_no_remote", "load_table:nmi_table,collapse", "ipi.implied"], 60)
ok(status == 1 and re.search(r"walks: CPU0, in an NMI, is inside table", out), "nmi_table: its walk is judged", out)
done()
