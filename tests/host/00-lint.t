#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The source's form and layers; and that each check sees what it is there for."""
import os
import shutil
import tempfile

from hosttest import TOP, done, ok, run, skip, todo_skip

CHECKS = ("format", "shell", "python", "layers", "sizes", "headers", "names", "words", "hooks", "barriers")
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
    ("layers", "mm/planted.c", LICENCE + "void f(void)\n{\n\tif (busted(x)) {\n\t\tg();\n\t\th();\n\t}\n}\n", "busted_hook()"),
    ("sizes", "mm/planted.c", LICENCE + "int x;\n" * 400, "401 lines"),
    ("sizes", "arch/x86/planted.S", LICENCE + "nop\n" * 500, "at most 500"),
    ("headers", "mm/planted.c", "int x;\n", "no SPDX"),
    ("names", "mm/planted.c", LICENCE + "int f(void)\n{\n\treturn find_vma();\n}\n", "planted.c:4: find_vma"),
    ("names", "mm/planted.c", LICENCE + "/*\n * see mmput()\n */\n", "planted.c:3: mmput"),
    ("words", "kernel/planted.c", LICENCE + "/*\n * A. Who\n * waits sleeps.\n */\n", "planted.c:4: '. Who waits'"),
    ("words", "kernel/planted.c", LICENCE + "/*\n * Who is woken goes first.\n */\n", "planted.c:3: 'Who is'"),
    ("words", "kernel/planted.c", LICENCE + "/* for whoever\n * reads */\n", "planted.c:2: 'whoever'"),
    ("words", "kernel/planted.c", LICENCE + 'char *s = "CPU1 is deaf";\n', "planted.c:2: 'deaf'"),
    ("words", "tools/planted.sh", "# so\n# bequeath it\n", "planted.sh:2: 'bequeath'"),
    ("words", "tools/planted.py", 'x = "the last\\nwords"\nprint("its last words")\n', "planted.py:2: 'last words'"),
    ("words", "docs/planted.md", "The hardware's liberties.\n", "planted.md:1: 'liberties'"),
    ("hooks", "mm/planted.c", LICENCE + "void f(void)\n{\n\tsync_point(SITE_GEN,\n\t\t   SYNC_READ, g(&x));\n}\n",
     "planted.c:4: sync_point(SITE_GEN, SYNC_READ, g(&x))"),
    ("hooks", "mm/include/mm/planted.h", LICENCE + "#define f(p) \\\n\tsync_point(s, r, p)\n", "planted.h:3: sync_point(s, r, p)"),
    ("hooks", "mm/ptdesc.c", LICENCE + "\tsync_point(SITE_FREE, SYNC_WRITE, pt);\n" * 2, "ptdesc.c:3: sync_point("),
    ("hooks", "mm/ptdesc.c", LICENCE, "mm/ptdesc.c: sync_point(SITE_FREE, SYNC_WRITE, pt): stands there no more"),
    ("hooks", "tools/sync-points", "mm/ptdesc.c | SITE_FREE, SYNC_WRITE, pt\n", "sync-points:1: FILE | ARGUMENTS | why"),
    ("barriers", "mm/planted.c", LICENCE + "void f(void)\n{\n\tsmp_mb();\n}\n", "planted.c:4: smp_mb() names no partner"),
    ("barriers", "mm/planted.c", LICENCE + "void f(void)\n{\n\tsmp_mb(); /* pairs with g() */\n}\n", "g(), which does not exist"),
    ("barriers", "mm/planted.c", LICENCE + "void f(void)\n{\n\tsmp_rmb(); /* pairs with g() */\n}\n\nvoid g(void)\n{\n\tx = 1;\n}\n",
     "does not say that it pairs with f()"),
    ("barriers", "mm/planted.c", LICENCE + "/*\n *\tf() [Q]\n */\nvoid f(void)\n{\n\tsmp_mb(); /* no letter */\n}\n", "[Q]: stands in a table"),
)
# And what they must leave alone: a comment that says that the function is Linux's, a question, code.
ALLOWED = (
    ("names", "mm/planted.c", LICENCE + "/* Unlike Linux's find_vma(), and so on. */\nint die_hard;\n"),
    ("words", "tools/planted.py", "# nothing\ntale = deaf(liberty)\n"),
    ("hooks", "kernel/planted.c", LICENCE + "/* sync_point(a, b, c) */\nchar *s = \"sync_point(a, b, c)\";\nint lock_sync_point(int);\n"),
    ("barriers", "mm/planted.c", LICENCE + "void f(void)\n{\n\t/* Pairs with g(). */\n\tif (x)\n\t\tsmp_mb();\n}\n\n/* A release. Pairs with f(). */\n"
     "void g(void)\n{\n\tx = 1;\n}\n\nvoid h(void)\n{\n\tchar *s = \"smp_mb()\"; /* smp_mb() */\n}\n"),
    ("words", "kernel/planted.c", LICENCE + "/* Who owns it? The thread who waits. See <tests/tale.h>. */\nint tale, deaf;\n"),
)


def plant(path, text):
    with open(os.path.join(tmp, path), "w", encoding="utf-8") as file:
        file.write(text)


def restore(path):
    os.unlink(os.path.join(tmp, path))
    if os.path.exists(os.path.join(TOP, path)):
        shutil.copy(os.path.join(TOP, path), os.path.join(tmp, path))


with tempfile.TemporaryDirectory() as tmp:
    for name in ("boot", "kernel", "arch", "mm", "tests", "tools", "docs", ".ci"):
        shutil.copytree(os.path.join(TOP, name), os.path.join(tmp, name))
    for name in ("Makefile", "run.sh", "linker.ld", ".clang-format", ".shellcheckrc"):
        shutil.copy(os.path.join(TOP, name), tmp)
    for check, path, text, says in PLANTED:
        plant(path, text)
        result = run([os.path.join(tmp, "tools/lint.sh"), check])
        said = [l for l in result.out.splitlines() if says in l]
        if result.status == 77:
            skip(f"{check} sees {says!r}", result.out.strip())
        else:
            ok(result.status == 1 and said, f"{check} sees {says!r} in {path}", result)
        restore(path)
    for check, path, text in ALLOWED:
        plant(path, text)
        result = run([os.path.join(tmp, "tools/lint.sh"), check])
        ok(result.status == 0, f"{check} leaves alone what it should in {path}", result)
        restore(path)

if not os.path.isdir(os.path.join(TOP, "tests/torture")):
    todo_skip("the whole tree is there to be checked", "no tests/torture")
done()
