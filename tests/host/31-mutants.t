#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tests/mutants/: each applies and says why it is a bug, each file has some; and what make mutants says of a tree that is a fake."""
import fcntl
import glob
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

from hosttest import TOP, done, equal, ok, read, run

PATCHES = sorted(glob.glob("tests/mutants/*.patch"))
FILES = glob.glob("mm/*.c") + glob.glob("arch/x86/mm/*.c") + [f"kernel/{name}.c" for name in (
    "smp", "rcu", "sched", "rwsem", "completion", "kthread")]
# No .git is looked for: paths are those below the current directory.
ENV = dict(os.environ, GIT_CEILING_DIRECTORIES=os.path.dirname(TOP))


def faults(text):
    """What is wrong with a mutant, as text."""
    why, _, diff = text.partition("\n--- a/")
    lines = [line for line in diff.splitlines()[1:] if re.match(r"[+-](?!\+\+ )", line)]
    found = []
    if not re.fullmatch(r"\w[^\n]{9,140}[.]\n", why):
        found.append("its reason is one line, a sentence")
    if not 1 <= len(lines) <= 14:
        found.append(f"{len(lines)} changed lines")
    return found


def applies(path):
    return subprocess.run(["git", "apply", "--check", path], env=ENV, capture_output=True, text=True, check=False)


ok(len(PATCHES) >= 74, f"{len(PATCHES)} mutants")
equal([f"{p}: {f}" for p in PATCHES for f in faults(read(p))], [], "each says why it is a bug, and is small")
wrong = {p: r.stderr for p in PATCHES if (r := applies(p)).returncode}
ok(not wrong, "each applies to the tree", *wrong.values())
changed = {f for p in PATCHES for f in re.findall(r"^\+\+\+ b/(\S+)", read(p), re.M)}
equal(sorted(set(FILES) - changed), [], "each file has a mutant")
equal(faults("\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"), ["its reason is one line, a sentence"], "a mutant without a reason is seen")

# A tree that builds in no time: its tests are red if what was built of mm/a.c says so. run.sh and the explorer are its own.


def red(word, says, status, where="mm/a.c"):
    """A line of a script: how it ends if mm/a.c has that word, or what was built of it."""
    return f"if grep -q {word} {where}; then {says}; exit {status}; fi\n"


BUILT = "$(dirname $0)/a.c"
CASE = "echo 'not ok 2 {} # red transitions=9 useful=0: red, and must never be'; echo '#   {}'"
EXPLORE = ("#!/bin/sh\necho 'ok 1 a.b'\ncase \"$0 $*\" in\n"
           "*race*) " + red("RACES", CASE.format("x_vs_y.ipi.broadcast", "race: a; b"), 1, BUILT) + ";;\n"
           "*--family*) " + red("PAIRS", CASE.format("a:b.ipi.rcu", "as-if: c"), 1, BUILT) + ";;\n"
           "*--schedules*) " + red("EXPLORE", CASE.format("x_vs_y.ipi.broadcast", "walks: in a table"), 1, BUILT)
           + red("CUT", "echo 'not ok 2 x_vs_y.ipi # never transitions=9 complete=no: not complete'", 1, BUILT) + red("HANGS", "sleep 99", 0) + ";;\n"
           "*) " + red("ALL", CASE.format("x_vs_z.ipi.broadcast", "left: 1 frames"), 1, BUILT) + ";;\nesac\n")
MAKE = "\t@mkdir -p $(@D) && cp tools/explore $@ && cp mm/a.c $(@D)\n"
TREE = {
    "Makefile": "build/model/explore build/model-race/explore:\n" + MAKE
                + "\t@! grep SYNTAX mm/a.c >&2 || (echo 'mm/a.c:1: error: no such' >&2; false)\n"
                "image:\n.PHONY: image build/model/explore build/model-race/explore\n",
    "tools/explore": EXPLORE,
    "run.sh": "#!/bin/sh\ncase \"$*\" in\n*torture*) " + red("TORTURE", "echo 'panic: it is over'", 3) + ";;\n*) "
              + red("UNIT", "echo 'not ok 3 rcu.order'", 1) + ";;\nesac\n",
    "mm/a.c": "one\ntwo\nthree\n",
}


def mutant(word, line="two"):
    return f"Why {word}.\n\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1,3 +1,3 @@\n one\n-{line}\n+{word}\n three\n"


with tempfile.TemporaryDirectory() as tmp:
    def write(name, text):
        path = os.path.join(tmp, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def mutants(pattern, *options):
        return run([os.path.join(tmp, "tools/mutants.py"), *options], {"MUTANTS": pattern})

    for name, text in TREE.items():
        write(name, text)
    shutil.copy("tools/mutants.py", os.path.join(tmp, "tools"))
    for word in ("EXPLORE", "UNIT", "TORTURE", "RACES", "ALL", "PAIRS", "NOTHING", "CUT", "SYNTAX", "HANGS"):
        write(f"tests/mutants/{word.lower()}.patch", mutant(word))
    write("tests/mutants/stale.patch", mutant("EXPLORE", "four"))

    never = "red, and must never be; "
    for name, says in (("explore", f"explore: x_vs_y.ipi.broadcast: {never}walks: in a table"), ("unit", "unit: rcu.order"),
                       ("torture", "torture: panic: it is over"), ("races", f"races: x_vs_y.ipi.broadcast: {never}race: a; b"),
                       ("all", f"explore-all: x_vs_z.ipi.broadcast: {never}left: 1 frames"), ("pairs", f"pairs: a:b.ipi.rcu: {never}as-if: c")):
        result = mutants(name)
        says = f"killed {name} by {says}"
        ok(result.status == 0 and result.out == f"{says}\n1 of 1 killed (100 %), 0 survived, 0 without a result\n", says, result)
    result = mutants("pairs", "--killer", "pairs")
    ok(result.status == 0, "a killer by itself builds what it runs", result)
    for name in ("nothing", "cut"):
        result = mutants(name)
        ok(result.status == 1 and result.out.startswith(f"SURVIVED {name}: Why {name.upper()}.\n"), f"{name}: a survivor, with its reason", result)
    result = mutants("nothing explore")
    ok(result.status == 1 and "1 of 2 killed (50 %), 1 survived" in result.out, "half of them killed is not enough", result)
    for name, says in (("explore", "the oracles"), ("pairs", "as if one after the other"), ("all", "nothing is left"), ("nothing", "none")):
        result = mutants(name, "--rules")
        ok(result.status == 0 and result.out == f"{name}: {says}\n", f"--rules: {says}", result)
    for name, says in (("stale", "does not apply"), ("syntax", "does not compile: error: no such")):
        result = mutants(name)
        ok(result.status == 2 and result.out.startswith(f"ERROR {name}: {says}"), f"{name}: {says}", result)
    result = mutants("hangs", "--limit", "1")
    ok(result.status == 2 and "ERROR hangs: explore: no verdict" in result.out, "what does not end is no kill", result)
    with open(os.path.join(tmp, "build/mutants/lock"), encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = mutants("pairs")
    ok(result.status == 2 and "another one" in result.err, "two at once would share a tree", result)
    result = mutants("xyzzy")
    ok(result.status == 2 and "MUTANTS=xyzzy" in result.err, "no such mutant", result)

    # What is known is not computed again, until the tree changes; and the tree itself must be green.
    write("tools/explore", "#!/bin/sh\necho 'not ok 1 a.b # red'\n")
    result = mutants("nothing")
    ok(result.status == 2 and "without a mutant explore is red: a.b" in result.err, "a tree that is red without a mutant is no measure", result)
    write("tools/explore", EXPLORE)
    write("run.sh", "#!/bin/sh\nexit 2\n")
    shutil.rmtree(os.path.join(tmp, "build/mutants/tree0/tests"), ignore_errors=True)
    result = mutants("nothing")
    ok(result.status == 2 and "unit: run.sh" in result.err, "a run.sh that refuses is no verdict", result)
    write("run.sh", TREE["run.sh"])
    os.unlink(os.path.join(tmp, "build/mutants/tree0/Makefile"))
    write("build/mutants/tree0/mm/left-over.c", "")
    result = mutants("unit")
    ok(result.status == 0 and result.out.startswith("killed unit"), "a result is kept", result)
    ok(not os.path.exists(os.path.join(tmp, "build/mutants/tree0/mm/left-over.c")), "what the tree does not have leaves the copy", result)
    equal(read(os.path.join(tmp, "mm/a.c")), TREE["mm/a.c"], "the tree itself is left alone")

    # Another tree, in which only the case that has killed it before is red.
    write("tools/explore", EXPLORE.replace("*--schedules*)", "'build/model/explore --seconds 60 x_vs_y ipi.broadcast')"))
    result = mutants("explore")
    ok(result.status == 0 and result.out.startswith("killed explore by explore: x_vs_y"), "what killed it in an older tree is run first", result)

# For each rule of programs a mutant that is red by it. What else sees it: `tools/mutants.py --rules`.
RULES = (
    ("x86-batch-last-mm", ("load_file:reclaim", "ipi.broadcast"), r"hardware: CPU\d uses page 0x\w+, which is free"),
    ("mm-split-loser-says-yes", ("split:split", "ipi.broadcast"), r"as-if: CPU\d split: result 0 is 0, not -22"),
    ("mm-pte-alloc-leaks", ("fault_read:fault_write", "ipi.broadcast"), r"left: 1 frames"),
    ("mm-vma-link-unlocked", ("unmap_vs_truncate", "ipi.broadcast"), r"lockdep: rwsem_is_write_locked"),
)
sys.path.insert(0, "tools")
copy = importlib.import_module("mutants")
tree = copy.Tree("-rules")
for name, program, says in RULES:
    one = copy.Mutant(os.path.join(copy.PATCHES, f"{name}.patch"))
    tree.apply(one)
    tree.make([copy.EXPLORE])
    status, out = copy.run(tree, [copy.EXPLORE, *program], 300)
    ok(status and any(re.search(says, line) for line in out), f"{name}: {says.split(':')[0]}", *out[-20:])
    tree.apply(one, "-R")
done()
