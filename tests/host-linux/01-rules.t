#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The semantic patches in tests/linux on Debian's newest Linux, or on LINUX=: each has the verdicts that its
first lines say, and the schedule that docs/series.md says. Then pairs of them, and a series of patches by
LINUX_PATCH=."""
import functools
import glob
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

from hosttest import done, equal, ok, read, run, skip  # noqa: E402

TREE = os.environ.get("LINUX") or "debian:trixie-backports"
LINE = re.compile(r"^(?:not )?ok \d+ (\S+) # (never|red) .*complete=(yes|no)(?:.*\n)(?:#   (\w+): )?", re.M)
# docs/series.md: rules, scenario, the first case, "by, after", replay.
ROW = re.compile(r"^\| ([\w-]+)[^|]* \| (linux_\w+) `([\w.+]+)`[^|]* \| \D*(\d+)[^|]* \| `(\w+)`", re.M)
PAIRS = (
    ("2ba99c5e0881 70cbc3cc78a9", ["Red: linux_khugepaged_vs_pin.invlpgb.broadcast+hw"]),
    ("flush-first series-v10", ["Red: linux_collapse_vs_gup.ipi.broadcast walks"]),
    ("series-v2 2ba99c5e0881", ["Red: linux_khugepaged_vs_gup.invlpgb.broadcast+hw walks"]),
)


def path(name):
    return f"tests/linux/{name}.cocci"


def lines(rules, word):
    with open(rules, encoding="utf-8") as file:
        return re.findall(rf"^// ({word}: .*)", file.read(), re.M)


def built(**variables):
    """The explorer, or None after a red line."""
    prepared = run(["tools/linux/prepare.sh"], {"LINUX": TREE, **variables}, timeout=600)
    result = prepared if prepared.status else run(["tools/linux/build.sh", prepared.out.strip()], timeout=600)
    what = " ".join(map(os.path.basename, " ".join(variables.values()).split())) or "the tree"
    return prepared.out.strip() + "/explore" if ok(result.status == 0, f"{what}: builds", result.err) else None


@functools.cache
def verdicts(explorer, case):
    """Of the cases that @case begins: verdict, and the oracle that is red."""
    scenario, _, rest = case.partition(".")
    out = run([explorer, "--jobs", "2", scenario, rest], timeout=500).out
    return {name: (word if word == "red" or complete == "yes" else "not complete", oracle)
            for name, word, complete, oracle in LINE.findall(out)}, out


def judge(explorer, name, expected):
    for word, case, *oracle in (line.replace(":", "").split() for line in expected):
        found, out = verdicts(explorer, case)
        got = found.get(case, ("no such case", ""))
        ok(got[0] == word.lower() and (not oracle or oracle[0] == got[1]), f"{name}: {case} is {' by '.join([word.lower(), *oracle])}", got, out)


def first_red(explorer, scenario, case):
    """Of the first red case that @case begins: in which schedule, and its replay string."""
    _, out = verdicts(explorer, f"{scenario}.{case}")
    found = re.findall(rf"^(?:not )?ok \d+ {scenario}\.(\S+) # red schedules=(\d+).*\n(?:#.*\n)*?# replay (\w+)$", out, re.M)
    return min(found, key=lambda red: len(red[0]), default=("", "", ""))[1:]


tree = run(["tools/linux/prepare.sh"], {"LINUX": TREE}, timeout=600)
spatch = run(["tools/setup.sh", "cocci"], timeout=600)
if tree.status or spatch.status:
    skip("semantic patches", (tree.err if tree.status else spatch.err).strip().splitlines()[-1])
    done()

SERIES = read("docs/series.md")
same = read(f"{tree.out.strip()}/version").startswith(re.search(r"applied to Linux (\S+) ", SERIES).group(1))
documented = {name: row for name, *row in ROW.findall(SERIES) if same}
if not same:
    skip("the schedules in docs/series.md", "they are of another Linux")
plain = built()
plain_guest = built(LINUX_GUEST="1")
if not (plain and plain_guest):
    done()
for rules in sorted(glob.glob("tests/linux/*.cocci")):
    name = os.path.basename(rules).removesuffix(".cocci")
    expected = lines(rules, "Red") + lines(rules, "Never")
    before = [line.split()[1] for line in lines(rules, "After")]
    guest = bool(lines(rules, "Guest"))
    explorer = built(LINUX_COCCI=" ".join([*before, rules]), LINUX_GUEST="1" if guest else "")
    if explorer and ok(expected, f"{name}: says what is expected"):
        judge(explorer, name, expected)
        if name in documented:
            scenario, case, *found = documented.pop(name)
            equal(first_red(explorer, scenario, case), tuple(found), f"{name}: the schedule is the one that docs/series.md says")
        # What it makes red is not red in the tree.
        if not before:
            judge(plain_guest if guest else plain, f"without {name}", [line.replace("Red", "Never").rsplit(" ", line.count(" ") - 1)[0] for line in lines(rules, "Red")])

equal(documented, {}, "each row of docs/series.md has its rules")

for names, expected in PAIRS:
    explorer = built(LINUX_COCCI=" ".join(map(path, names.split())))
    if explorer:
        judge(explorer, names, expected)
judge(plain, "the tree", ["Red: linux_lazy_vs_unshare.ipi.broadcast+fill hardware"])

# The same change as a patch in a mailbox.
by_rules = built(LINUX_COCCI=path("series-v2"))
if by_rules:
    edited = os.path.join(os.path.dirname(by_rules), "edited")
    with tempfile.TemporaryDirectory() as tmp:
        series = f"{tmp}/series.mbox"
        with open(series, "w", encoding="utf-8") as file:
            file.write("From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH] mm: No second IPI\n\n---\n")
            for folder, _, names in os.walk(edited):
                for name in (os.path.relpath(os.path.join(folder, name), edited) for name in names):
                    change = run(["diff", "-u", "--label", f"a/{name}", "--label", f"b/{name}", f"{tree.out.strip()}/source/{name}", f"{edited}/{name}"])
                    file.write(f"diff --git a/{name} b/{name}\n{change.out}")
        by_patch = built(LINUX_PATCH=series)
    if by_patch:
        for case in ("linux_unshare_vs_gup.", "linux_khugepaged_vs_gup.invlpgb", "linux_lazy_vs_unshare."):
            equal(verdicts(by_patch, case)[0], verdicts(by_rules, case)[0], f"LINUX_PATCH= as LINUX_COCCI=: {case}")
done()
