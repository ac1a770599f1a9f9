#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every flavour builds without a warning, and whatever changes is rebuilt."""
import json
import os
import re
import shutil
import tempfile

from hosttest import TOP, done, machine, ok, run, skip

GOOD = re.compile(r"^(  (CC|AS|LD|NM|SYM|GEN) +\S+|make(\[\d\])?: .*up to date.*|)$")

with machine(), tempfile.TemporaryDirectory() as tmp:
    for name in ("boot", "kernel", "arch", "mm", "tests", "tools"):
        shutil.copytree(os.path.join(TOP, name), os.path.join(tmp, name))
    for name in ("Makefile", "linker.ld"):
        shutil.copy(os.path.join(TOP, name), tmp)

    def make(*args):
        return run(["make", "image", *args], timeout=600, cwd=tmp)

    built = True
    for name, args in (
        ("debug", []), ("bench", ["FLAVOUR=bench"]), ("debug-notests", ["NO_TESTS=1"]),
        ("bench-notests", ["NO_TESTS=1", "FLAVOUR=bench"]),
    ):
        result = make(*args)
        image = os.path.join(tmp, "build", name, "shootdown.elf")
        noise = [l for l in (result.out + result.err).splitlines() if not GOOD.match(l)]
        built &= ok(result.status == 0 and os.path.exists(image), f"{name} builds", result)
        ok(not noise, f"{name}: not a word but the list of files", "\n".join(noise))
    with open(os.path.join(tmp, "Makefile"), encoding="utf-8") as file:
        ok(" -Werror" in file.read(), "warnings are errors")

    def compiled(*args):
        """The files that the next make compiles."""
        return re.findall(r"^  (?:CC|AS) +(\S+)", make(*args).out, re.M)

    if built and shutil.which("bear"):
        run(["make", "compile_commands.json", "NO_TESTS=1"], timeout=600, cwd=tmp)
        with open(os.path.join(tmp, "compile_commands.json"), encoding="utf-8") as file:
            files = {os.path.relpath(entry["file"], tmp) for entry in json.load(file)}
        ok({"mm/gup.c", "kernel/smp.c", "boot/multiboot2.c"} <= files, "compile_commands.json has each file", sorted(files))
    else:
        skip("compile_commands.json has each file", "bear is not installed")
    if built:
        ok(compiled() == [], "a second make compiles nothing")
        os.utime(os.path.join(tmp, "kernel/include/kernel/rcu.h"))
        again = compiled()
        ok("kernel/rcu.c.o" in again, "a changed header recompiles who includes it", again)
        ok("kernel/string.c.o" not in again, "and only those", again)
        everything = len(compiled("NO_TESTS=1", "CC=gcc -DCONFIG_HZ=50"))
        ok(everything > 20, "other flags recompile everything", everything)
        with open(os.path.join(tmp, "kernel/extra.c"), "w", encoding="utf-8") as file:
            file.write("int extra_variable;\n")
        result = make("NO_TESTS=1", "CC=gcc -DCONFIG_HZ=50")
        ok("  LD" in result.out and "kernel/extra.c.o" in result.out, "a new file is linked", result)
        os.unlink(os.path.join(tmp, "kernel/extra.c"))
        result = make("NO_TESTS=1", "CC=gcc -DCONFIG_HZ=50")
        ok(result.status == 0 and "  LD" in result.out, "a removed file is linked no more", result)
        with open(os.path.join(tmp, "kernel/extra.c"), "w", encoding="utf-8") as file:
            file.write("static int unused;\n")
        result = make("NO_TESTS=1", "CC=gcc -DCONFIG_HZ=50")
        ok(result.status != 0 and "unused" in result.err, "a warning stops the build", result)
        os.unlink(os.path.join(tmp, "kernel/extra.c"))
        # mm/ cannot name a test, kernel/ cannot name an mm: the include path says so.
        for layer, header in (("mm", "tests/tests.h"), ("kernel", "mm/mm.h"), ("arch/x86", "mm/mm.h")):
            with open(os.path.join(tmp, layer, "climber.c"), "w", encoding="utf-8") as file:
                file.write(f"#include <{header}>\n")
            result = run(["make", f"build/debug/{layer}/climber.c.o"], cwd=tmp)
            ok(result.status != 0 and "No such file" in result.err,
               f"{layer}/ cannot include <{header}>", result)
            os.unlink(os.path.join(tmp, layer, "climber.c"))
    # The explorer's, each as it is built for its users.
    for target, *args in (
        ("build/model/mm/gup.c.o",), ("build/model/arch/model/tlb.c.o",), ("build/explore/engine.o",),
        ("build/model-race/mm/gup.c.o", "RACES=1"), ("build/model-asan/mm/gup.c.o", "SANITIZE=1"),
    ):
        made = [re.search(r"^  (MODEL|HOST) ", run(["make", target, *args, *more], cwd=tmp).out) is not None
                for more in ([], [], ["CC=gcc -DOTHER"], ["CC=gcc -DOTHER"])]
        ok(made == [True, False, True, False], f"{target}: made again with other flags only", made)
done()
