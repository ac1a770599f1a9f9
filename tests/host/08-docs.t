#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The documents: every command, variable, path, scenario and planted bug that they name exists."""
import glob
import os
import re

import linux_map
from hosttest import TOP, done, equal, ok, read, run, sources

DOCUMENTS = sorted(glob.glob("*.md") + glob.glob("docs/*.md") + glob.glob("tests/**/*.md", recursive=True))
HELP = run(["make", "help"]).out
TARGETS = set(re.findall(r"^  ([a-z][a-z0-9._-]*) ", HELP, re.M))
VARIABLES = set(re.findall(r"^  ([A-Z_]+) ", HELP, re.M))
BUSTED = set(re.findall(r"DEFINE_BUSTED\((\w+)", sources("kernel", "mm", "arch", "tests")))
SCENARIOS = set(re.findall(r'^\s*\.name = "(\w+_vs_\w+)"', sources("tests/scenario"), re.M))
# In examples: what a reader is told to add.
EXAMPLES = {"tests/unit/kernel_rand.c", "unmap_vs_gup", "tests/scenario/unmap_vs_gup.c", "tests/host/NN-name.t", "tests/mutants/NAME.patch"}


def code_of(text):
    """What stands in backquotes, in indented blocks and in fenced blocks that are no program text."""
    return re.findall(r"`([^`\n]+)`", text) + re.findall(r"^    (.+)$", text, re.M)


def unknown(text):
    """{kind: [names]} of what a document names and the tree does not have."""
    code = code_of(text)
    prose = re.sub(r"```.*?```", "", text, flags=re.S)
    targets = {t.rstrip(".") for c in code for t in re.findall(r"\bmake ([a-z][a-z0-9._-]*)(?![\w/-])", c)}
    variables = {v for c in code for v in re.findall(r"\b(?:make|run\.sh)\b[^#;|]*?\s([A-Z][A-Z_]+)=", c)}
    paths = set(re.findall(r"(?<![\w/.<>*-])((?:arch|boot|docs|kernel|mm|tests|tools|\.ci)/[\w./-]*\w)(?![\w*<-]|:(?!\d))", prose))
    # "kernel/smp.c" of Linux is told apart by its line or its version; ours is what exists.
    linux = set(re.findall(r"(?:Linux|\[73[^\]]*) `?((?:arch|kernel|mm)/[\w./-]+)", text))
    return {
        "make targets": sorted(targets - TARGETS),
        "variables": sorted(variables - VARIABLES),
        "paths": sorted(p for p in paths - linux - EXAMPLES if not os.path.exists(p)),
        "scenarios": sorted(set(re.findall(r"\b(\w+_vs_\w+)\b", text)) - SCENARIOS - EXAMPLES),
    }


ok(len(DOCUMENTS) > 5 and TARGETS and VARIABLES and BUSTED and SCENARIOS, "there are documents, and things to name")
for path in DOCUMENTS:
    if path == "docs/linux-facts.md":
        continue  # the paths there are Linux's
    found = unknown(read(path))
    equal({k: v for k, v in found.items() if v}, {}, f"{path}: what it names exists")

# Planted bugs, in the ledger: a name in backquotes in the column "switch".
switches = {w for row in re.findall(r"^\|[^|]*\|([^|]*)\|", read("tests/RACES.md"), re.M) for w in re.findall(r"`(\w+)`", row)}
rows = {w for w in switches if re.match(r"(tlb|asid|invlpgb|gup|gather|zap|move|rcu|sched|rwsem|csd|lock|mkclean)_", w)}
equal(sorted(rows - BUSTED - SCENARIOS), [], "tests/RACES.md: every planted bug exists")

# The reading list: each source file has its line, or a line for its directory; and each line is of something.
SOURCE = (".c", ".h", ".S", ".sh", ".py", ".t")
TREE = ("arch", "boot", "kernel", "mm", "tests", "tools")
FILES = [os.path.relpath(os.path.join(folder, name), TOP) for top in TREE for folder, _, names in os.walk(os.path.join(TOP, top))
         for name in names if name.endswith(SOURCE)] + ["run.sh"]


def misses(text, files):
    """(files without a line, lines that name no file, files with more than one line of their own)"""
    listed = re.findall(r"^\* `([^`]+)`: ", text, re.M)
    globs = [re.compile(re.escape(name).replace(r"\*", "[^/]*") + "$") for name in listed if "*" in name]
    return ([f for f in sorted(files) if f not in listed and not any(g.match(f) for g in globs)],
            [name for name in listed if not glob.glob(os.path.join(TOP, name))],
            sorted({name for name in listed if listed.count(name) > 1}))


equal(misses(read("docs/reading.md"), FILES), ([], [], []), "docs/reading.md: each source file has one line, each line a file")
ok(misses("* `mm/gup.c`: x\n* `tests/unit/*.c`: y\n* `mm/nonsense.c`: z\n* `mm/gup.c`: x\n", ["mm/gup.c", "mm/new.c", "tests/unit/a.c", "tests/unit/a/b.c"])
   == (["mm/new.c", "tests/unit/a/b.c"], ["mm/nonsense.c"], ["mm/gup.c"]), "a file without a line, and a line without a file, are seen")

# The map of our functions and Linux's: ours are where it says. tests/host-linux has Linux's.
MAP = linux_map.rows(read("docs/linux-facts.md"))
ok(len(MAP) > 30 and all(ours and theirs for ours, theirs in MAP), "docs/linux-facts.md: a map with no empty place", MAP)
equal(linux_map.missing([place for ours, _ in MAP for place in ours], TOP), [], "its functions of ours exist")
equal(linux_map.missing([("mm/gup.c", "gup_nonsense"), ("mm/nonsense.c", "gup")], TOP), ["mm/gup.c: gup_nonsense", "mm/nonsense.c: gup"],
      "one that does not is seen")

# And each of these checks can fail.
for kind, text in (("make targets", "`make nonsense`"), ("variables", "    make run NONSENSE=1"), ("paths", "see mm/nonsense.c"),
                   ("scenarios", "`nonsense_vs_gup`")):
    ok(unknown(text)[kind], f"{kind} that do not exist are seen")
done()
