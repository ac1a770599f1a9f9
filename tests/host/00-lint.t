#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The source's form and layers; and that each check sees what it is there for."""
import os
import shutil
import tempfile

from hosttest import TOP, done, ok, run, skip, todo_skip

CHECKS = ("format", "shell", "python", "layers", "sizes", "headers")
LICENCE = "/* SPDX-License-Identifier: GPL-2.0 */\n"

for check in CHECKS:
    result = run(["tools/lint.sh", check])
    if result.status == 77:
        skip(check, result.out.strip())
    else:
        ok(result.status == 0, f"{check}: nothing found", result)

# What each must find: check, file, its text, and what the complaint says.
PLANTED = (
    ("format", "mm/planted.c", LICENCE + "int  f( void );\n", "make format"),
    ("shell", "tools/planted.sh", "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0\necho $1\n", "SC2086"),
    ("python", "tools/planted.py", "# SPDX-License-Identifier: GPL-2.0\ndef f(:\n", "planted.py:2"),
    ("layers", "mm/planted.c", LICENCE + '#include "../kernel/x.h"\n', "climbs"),
    ("layers", "mm/planted.c", LICENCE + "void f(void)\n{\n\tapic();\n}\n", "names an APIC"),
    ("layers", "mm/planted.c", LICENCE + "int x = MSR_EFER;\n", "names an APIC"),
    ("layers", "kernel/planted.c", LICENCE + "#include <mm/mm.h>\n", "higher layer"),
    ("layers", "arch/x86/planted.c", LICENCE + "#include <mm/mm.h>\n", "higher layer"),
    ("layers", "mm/planted.c", LICENCE + "#include <tests/x.h>\n", "includes tests/"),
    ("layers", "kernel/planted.c", LICENCE + '\tasm volatile("cli");\n', "belong into"),
    ("layers", "kernel/planted.c", LICENCE + "#ifdef CONFIG_HOOKS\n#endif\n", "if (CONFIG_X)"),
    ("sizes", "mm/planted.c", LICENCE + "int x;\n" * 400, "401 lines"),
    ("sizes", "arch/x86/planted.S", LICENCE + "nop\n" * 500, "at most 500"),
    ("headers", "mm/planted.c", "int x;\n", "no SPDX"),
)
with tempfile.TemporaryDirectory() as tmp:
    for name in ("boot", "kernel", "arch", "mm", "tests", "tools", ".ci"):
        shutil.copytree(os.path.join(TOP, name), os.path.join(tmp, name))
    for name in ("Makefile", "run.sh", "linker.ld", ".clang-format", ".shellcheckrc"):
        shutil.copy(os.path.join(TOP, name), tmp)
    for check, path, text, says in PLANTED:
        with open(os.path.join(tmp, path), "w", encoding="utf-8") as file:
            file.write(text)
        result = run([os.path.join(tmp, "tools/lint.sh"), check])
        said = [l for l in result.out.splitlines() if says in l]
        if result.status == 77:
            skip(f"{check} sees {says!r}", result.out.strip())
        else:
            ok(result.status == 1 and said, f"{check} sees {says!r} in {path}", result)
        os.unlink(os.path.join(tmp, path))

if not os.path.isdir(os.path.join(TOP, "tests/torture")):
    todo_skip("the whole tree is there to be checked", "no tests/torture")
done()
