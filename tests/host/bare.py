# SPDX-License-Identifier: GPL-2.0
"""A machine without run.sh: with command lines that it does not let pass, other devices, a boot menu. An image without our kernel."""
import os

from hosttest import IMAGE, LIMIT, QEMU, machine, patient, run, write

MACHINE = [QEMU, "-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none", "-no-reboot", "-machine", "q35",
           "-cpu", "max", "-accel", "tcg,thread=single", "-m", "256"]
# For one that goes on while a test looks at it: it ends, even if the test does not.
LIMITED = ["timeout", "-k", "2", str(patient(90)), *MACHINE]
SERIAL = ["-serial", "stdio"]
SECOND_SERIAL = ["-serial", "null", *SERIAL]
CD = ["-device", "ide-cd,drive=d,bootindex=0"]  # of drive()


def drive(path, *more):
    """An ISO, for a device that has drive=d."""
    return ["-drive", ",".join(["if=none", "id=d", "readonly=on", f"file={path}", *more])]


def direct(cmdline, *options, timeout=LIMIT):
    """QEMU's own loader hands the command line through as it is. The exit device is debugexit=0xf4."""
    with machine():
        return run([*MACHINE, "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", IMAGE, "-append", cmdline, *options],
                   timeout=timeout)


def ovmf_files():
    """UEFI's code, its variables, and their format."""
    return run(["sh", "-c", "me=x; . tools/lib.sh; ovmf_files"]).out.split()


NULL = """
    .section .note.pvh, "a", @note
    .long 4, 4, 18
    .asciz "Xen"
    .long _start
    .text
    .code32
    .globl _start
_start:
    mov $0xf4, %dx
    mov $0x10, %al
    out %al, %dx
    hlt
"""
SCRIPT = """
ENTRY(_start)
PHDRS { t PT_LOAD; n PT_NOTE; }
SECTIONS {
    . = 0x100000;
    .text : { *(.text) } :t
    .note : { *(.note.pvh) } :t :n
    /DISCARD/ : { *(.note.gnu*) }
}
"""


def null_image(folder):
    """An image that does nothing but end QEMU, of the same bytes in every tree; made in @folder."""
    for name, text in (("null.S", NULL), ("null.ld", SCRIPT)):
        write(os.path.join(folder, name), text)
    run(["gcc", "-c", "null.S", "-o", "null.o"], cwd=folder)
    run(["ld", "-T", "null.ld", "-o", "null.elf", "null.o"], cwd=folder)
    return os.path.join(folder, "null.elf")
