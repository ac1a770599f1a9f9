#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""pairs.py OURS THEIRS [PAIRS]: do our kernel and Linux's code have the same verdicts? OURS and THEIRS
are outputs of the two explorers; tests/scenario/linux/pairs says which of their cases do the same.
Compared are never and red, and of what is never red, whether a sync finds a walker to wait for.
Status 1: a difference, which is a finding about one of the two; 2: a case has no verdict, a pair is of
different machines, or a scenario of Linux's has no line."""

import os
import re
import sys

PAIRS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../tests/scenario/linux/pairs")
CASE = re.compile(r"(?:not )?ok \d+ (\S+) # (no verdict|red|never)(.*)")


def verdict(word, rest):
    if word == "never" and "complete=yes" not in rest:
        return None
    if word == "never" and "useful=0" not in rest:
        return "useful"
    return None if word == "no verdict" else word


def read(path):
    """{case: red, never or useful (never red, and a sync was useful), or None}"""
    with open(path, encoding="utf-8") as tap:
        return {m.group(1): verdict(m.group(2), m.group(3)) for m in map(CASE.match, tap) if m}


def machine(case):
    """Flush, policy and hardware choices, without the planted bug."""
    flush, policy = case.split("+")[0].split(".")[1:3]
    policy = "never" if (flush, policy) == ("ipi", "implied") else policy
    return flush, policy, case.split("+")[1:]


def read_pairs(path):
    """[(ours, Linux's)], {scenarios of Linux's that have a line}"""
    pairs, named = [], set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            ours, theirs = line.split()[:2]
            named.add(re.match(r"\w+", theirs).group())
            if ours != "-":
                pairs.append((ours, theirs))
    return pairs, named


def compare(pairs, ours, theirs):
    """[(status, line)] of those that the tree can run."""
    broadcast = any(".invlpgb." in case for case in theirs)
    for our, their in pairs:
        if ".invlpgb." in their and not broadcast:
            continue
        one, other = ours.get(our), theirs.get(their)
        if machine(our) != machine(their):
            yield 2, f"not the same machine: {our}\n    {their}"
        elif one is None or other is None:
            yield 2, f"no verdict: {our}: {one or 'none'}\n    {their}: {other or 'none'}"
        elif one != other:
            yield 1, f"different: {our}: {one}\n    {their}: {other}"
        else:
            scenario, case = our.split(".", 1)
            their_scenario = their.split(".")[0].removeprefix("linux_")
            line = f"{scenario:20} {their_scenario:20} {case:20} {one}"
            yield 0, line if len(line) <= 72 else f"{scenario:20} {their_scenario}\n{case + ' ' + one:>72}"


def main():
    ours, theirs = read(sys.argv[1]), read(sys.argv[2])
    pairs, named = read_pairs(sys.argv[3] if len(sys.argv) > 3 else PAIRS)
    results = list(compare(pairs, ours, theirs))
    results += [(2, f"in no line of pairs: {scenario}") for scenario in sorted({c.split(".")[0] for c in theirs} - named)]
    print(f"{'ours':21}{'Linux, linux_':21}{'case':21}both")
    for _, line in sorted(results, key=lambda result: result[0]):
        print(line)
    sys.exit(max(status for status, _ in results))


main()
