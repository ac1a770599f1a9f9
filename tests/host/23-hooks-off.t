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
import tempfile

from hosttest import done, equal, ok
from objcode import flags, text

SOURCES = sorted(glob.glob("kernel/*.c") + glob.glob("mm/*.c") + glob.glob("arch/x86/mm/*.c"))


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
