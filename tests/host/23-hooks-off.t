#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""With the hooks off the code is that of a source without hooks.

Every file of kernel/, mm/ and arch/x86/mm/ is compiled in the bench flavour twice: as it is, and against
headers from which sync_point(), observe(), busted() and busted_hook() have been cut. The machine code must
be the same, byte for byte. That the comparison can fail is shown with a hook that is not nothing.
"""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from hosttest import done, equal, ok

SOURCES = sorted(glob.glob("kernel/*.c") + glob.glob("mm/*.c") + glob.glob("arch/x86/mm/*.c"))


def flags(source):
    """The compiler's command line for @source in the bench flavour, from make itself."""
    target = f"build/bench/{source}.o"
    out = subprocess.run(["make", "-n", "V=1", "FLAVOUR=bench", "-W", source, target],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False).stdout
    lines = [line for line in out.splitlines() if f"-o {target}" in line]
    return lines[-1].split() if lines else None


def text(command, source, include, tmp):
    """Disassembled code and constants of @source, compiled with @include before all others."""
    obj = os.path.join(tmp, "x.o")
    words = [w for w in command if w not in ("-MMD", "-MP", "-g", "-Werror")] + ["-w"]
    words[words.index("-o") + 1] = obj
    words[1:1] = ["-I", include] if include else []
    subprocess.run(words, check=True)
    return subprocess.run(["objdump", "-dr", "--no-show-raw-insn", "-j", ".text", "-j", ".text.hot", obj],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.split(b"\n", 2)[2]


def cut_headers(tmp, observe="do { } while (0)"):
    """Copies of the hook headers with the hooks taken out."""
    os.makedirs(os.path.join(tmp, "kernel"))
    with open("kernel/include/kernel/event.h", encoding="utf-8") as file:
        event = file.read()
    event, n1 = re.subn(r"#define (sync_point|observe)\(([^)]*)\).*\n",
                        lambda m: f"#define {m[1]}({m[2]}) {observe if m[1] == 'observe' else 'do { } while (0)'}\n", event)
    with open(os.path.join(tmp, "kernel/event.h"), "w", encoding="utf-8") as file:
        file.write(event)
    with open("kernel/include/kernel/busted.h", encoding="utf-8") as file:
        busted = file.read()
    busted, n2 = re.subn(r"#define (busted|busted_hook)(\(bname[^)]*\)).*\n", r"#define \1\2 0\n", busted)
    with open(os.path.join(tmp, "kernel/busted.h"), "w", encoding="utf-8") as file:
        file.write(busted)
    return (n1, n2)


with tempfile.TemporaryDirectory() as tmp:
    clean = os.path.join(tmp, "clean")
    equal(cut_headers(clean), (2, 2), "the hooks are where they are cut out")
    different = []
    for source in SOURCES:
        command = flags(source)
        if not command:
            ok(False, f"make says how {source} is compiled")
            continue
        if text(command, source, None, tmp) != text(command, source, clean, tmp):
            different.append(source)
    equal(different, [], f"{len(SOURCES)} files: the same code with the hooks off and without them")

    dirty = os.path.join(tmp, "dirty")
    cut_headers(dirty, observe='__asm__ __volatile__("nop")')
    command = flags("mm/gup.c")
    ok(text(command, "mm/gup.c", None, tmp) != text(command, "mm/gup.c", dirty, tmp),
       "a hook that is not nothing is seen")
    shutil.rmtree(dirty)
done()
