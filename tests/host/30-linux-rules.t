#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tools/linux/spatch.sh: semantic patches are applied to copies of a tree's files, or the reason is said. The
tree here is not Linux; tests/host-linux has the rest."""
import glob
import os
import re
import shutil
import tempfile

from hosttest import done, equal, ok, one_line, read, run, skip, write

RULES = "// Files: mm/gup.c include/linux/mm.h\n\n@@\n@@\n- old();\n+ new();\n"
SOURCE = "void f(void)\n{\n\told();\n}\n"


for rules in sorted(glob.glob("tests/linux/*.cocci")):
    text = read(rules)
    ok(re.search(r"^// Files: \S", text, re.M) and re.search(r"^// Red: linux_|^// Never: linux_", text, re.M), f"{rules}: files and verdicts", text)

needed = run(["tools/setup.sh", "cocci"], timeout=300)
if needed.status:
    skip("tools/linux/spatch.sh", needed.err.splitlines()[0])
    done()

with tempfile.TemporaryDirectory() as tmp:
    for name in ("mm/gup.c", "include/linux/mm.h", "mm/internal.h", "mm/other.c"):
        write(f"{tmp}/tree/{name}", SOURCE)

    def spatch(*texts):
        for i, text in enumerate(texts):
            write(f"{tmp}/{i}.cocci", text)
        # As of a service: without a home.
        return run(["env", "-u", "HOME", "tools/linux/spatch.sh", f"{tmp}/tree", f"{tmp}/out", *(f"{tmp}/{i}.cocci" for i in range(len(texts)))])

    result = spatch(RULES)
    changed = SOURCE.replace("old", "new")
    names = sorted(os.path.relpath(os.path.join(folder, name), f"{tmp}/out") for folder, _, names in os.walk(f"{tmp}/out") for name in names)
    equal((result.status, names), (0, ["include/linux/mm.h", "mm/gup.c"]), "the files that are named", result.err)
    equal((read(f"{tmp}/out/mm/gup.c"), read(f"{tmp}/tree/mm/gup.c")), (changed, SOURCE), "they are changed, the tree is not")
    result = spatch(RULES, "// Files: mm/gup.c\n\n@@\n@@\n- new();\n+ newer();\n")
    equal((result.status, read(f"{tmp}/out/mm/gup.c")), (0, SOURCE.replace("old", "newer")), "a second one goes on from there", result.err)
    for text, why, name in ((RULES.replace("- old", "- older"), "nothing in mm/gup.c of this tree matches", "no match"),
                            (RULES.replace("mm.h", "none.h"), "this tree has no include/linux/none.h", "no such file"),
                            (RULES.replace("include/linux/mm.h", "mm/internal.h"), "mm/internal.h: of headers, only", "a header elsewhere"),
                            (RULES.replace("// Files", "// File"), "no line that begins with // Files:", "no files"),
                            (RULES + "@@\n", "spatch failed", "not a semantic patch")):
        one_line(spatch(text), f"^linux: .*{why}", name)
    shutil.rmtree(f"{tmp}/tree")
one_line(run(["tools/linux/prepare.sh"], {"LINUX": "x", "LINUX_COCCI": "/nonexistent"}), "LINUX_COCCI=/nonexistent: no such file", "LINUX_COCCI=/nonexistent")
done()
