#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Consoles other than the first serial port: VGA text (BIOS) and a framebuffer (UEFI), read from the screen
itself; a PCI serial card alone. What console= refuses."""
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

from bare import CD, LIMITED, SERIAL, direct, drive, ovmf_files
from hosttest import IMAGE, LIMIT, QEMU, boot, done, equal, machine, need_kernel, ok, one_line, patient, read, run, write

MACHINE = [*LIMITED, "-smp", "2"]
WIDTH, HEIGHT = 8, 16


class Monitor:
    """QEMU's QMP on a socket."""

    def __init__(self, path):
        end = time.monotonic() + patient(10)
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self.file = self.socket.makefile("rw", encoding="utf-8")
        self.file.readline()
        self.do("qmp_capabilities")

    def do(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "event" not in answer:
                return answer


def font():
    """{eight rows: letter} of the kernel's own font."""
    rows = re.findall(r"\['(\\?.)' - ' '\] = \{([^}]*)\}", read("arch/x86/console_font.c"))
    return {tuple(int(n, 16) for n in row.split(",")): letter[-1] for letter, row in rows}


def picture(raw):
    """(width, height, lit pixels as bytes 0 and 1) of a binary PPM."""
    size = re.match(rb"P6\n(\d+) (\d+)\n255\n", raw)
    width, height = int(size.group(1)), int(size.group(2))
    return width, height, bytes(int(value > 127) for value in raw[size.end()::3])


def glyphs(raw):
    """The rows of each cell, for each line of cells; None where a row's two lines of pixels differ, or its margin is lit."""
    width, height, lit = picture(raw)
    for top in range(0, height - HEIGHT + 1, HEIGHT):
        lines = [lit[(top + y) * width:(top + y + 1) * width] for y in range(HEIGHT)]
        cells = []
        for left in range(0, width - WIDTH + 1, WIDTH):
            rows = [line[left:left + WIDTH] for line in lines]
            good = rows[0::2] == rows[1::2] and not any(row[0] or row[6] or row[7] for row in rows)
            cells.append(tuple(int("".join(map(str, row[1:6])), 2) for row in rows[0::2]) if good else None)
        yield cells


def framebuffer_text(raw, letters):
    return "\n".join("".join(letters.get(cell, "\0") for cell in line).rstrip() for line in glyphs(raw))


def vga_text(raw):
    """Of text mode's memory: a letter, a colour."""
    return "\n".join(raw[line:line + 160:2].decode("cp437").rstrip() for line in range(0, 4000, 160))


def wrapped(log, cols):
    """The kernel's lines in a log of the serial port, as a screen of so many columns shows them."""
    lines = log[log.index("# shootdown:"):].replace("\r", "").splitlines()
    return [line[at:at + cols].rstrip() for line in lines for at in range(0, max(len(line), 1), cols)]


def shown(options, shoot, until):
    """Boots, and returns the text that @shoot reads when it has @until, or at last."""
    with machine(), tempfile.TemporaryDirectory() as tmp:
        qmp, shot, text = os.path.join(tmp, "qmp"), os.path.join(tmp, "shot"), ""
        with subprocess.Popen([*MACHINE, *options, "-qmp", f"unix:{qmp},server=on,wait=off"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as proc:
            monitor, end = Monitor(qmp), time.monotonic() + patient(60)
            while time.monotonic() < end and proc.poll() is None and not re.search(until, text, re.M):
                time.sleep(0.3)
                text = shoot(monitor, shot)
            proc.terminate()
        return text


def iso(path, entry, platform):
    """The ISO of make iso, for one platform, which starts that entry of its menu at once."""
    menu = read("boot/grub.cfg")
    entries = re.findall("^menuentry '([^']*)'", menu, re.M)
    number = next(n for n, title in enumerate(entries) if title.startswith(entry))
    write(f"{path}.cfg", menu.replace("set timeout=10", "set timeout=0").replace("set default=0", f"set default={number}"))
    return run(["sh", "-euc", 'me=x; . tools/lib.sh; make_iso "$@"', "sh", path, IMAGE, f"{path}.cfg", f"/usr/lib/grub/{platform}"])


def memory(monitor, address, size, path):
    answer = monitor.do("pmemsave", val=address, size=size, filename=path)
    return open(path, "rb").read() if "return" in answer else b""


def shoot_vga(monitor, path):
    return vga_text(memory(monitor, 0xb8000, 4000, path))


LETTERS = font()


def shoot_framebuffer(monitor, path):
    monitor.do("screendump", filename=path)
    raw = open(path, "rb").read() if os.path.exists(path) else b""
    return framebuffer_text(raw, LETTERS) if raw.startswith(b"P6") else ""


## The reader can fail

CELL = {letter: cell for cell, letter in LETTERS.items()}


def drawn(line):
    """A picture of one line, as the kernel draws it."""
    rows = ["".join(f"0{CELL[letter][y // 2]:05b}00" for letter in line) for y in range(HEIGHT)]
    pixels = bytes(255 * int(bit) for row in rows for bit in row for _ in range(3))
    return b"P6\n%d %d\n255\n" % (len(line) * WIDTH, HEIGHT) + pixels


equal(len(LETTERS), 95, "the font has a letter of its own for each of ' ' to '~'")
picture_of_done = bytearray(drawn("# done"))
equal(framebuffer_text(picture_of_done, LETTERS), "# done", "a line is read from its picture")
picture_of_done[-3 * WIDTH * 6 + 3 * 8] ^= 255
ok(framebuffer_text(picture_of_done, LETTERS) != "# done", "and not if one pixel is wrong")

## Screens

need_kernel()
DONE = r"^# done: status 0, halting"
with tempfile.TemporaryDirectory() as tmp:
    cd = [*drive(f"{tmp}/iso", "media=cdrom"), *CD, "-vga", "std"]
    result = iso(f"{tmp}/iso", "What there is", "i386-pc")
    ok(result.status == 0, "an ISO for BIOS machines", result)
    text = shown(cd, shoot_vga, DONE)
    ok(re.search(DONE, text, re.M), "BIOS, no serial port: the verdict in VGA text mode", text)
    log = os.path.join(tmp, "log")
    text = shown([*cd, "-serial", f"file:{log}"], shoot_vga, DONE)
    lines = text.rstrip().splitlines()
    ok(len(lines) > 10, "BIOS with a serial port: more than half of the screen is in use", text)
    equal(lines, wrapped(read(log), 80)[-len(lines):], "and shows the end of what the serial port got, no line lost where it moves up")

    code, variables, form = ovmf_files()
    shutil.copy(variables, f"{tmp}/vars")
    uefi = ["-drive", f"if=pflash,format={form},readonly=on,file={code}", "-drive", f"if=pflash,format={form},file={tmp}/vars"]
    result = iso(f"{tmp}/iso", "What there is", "x86_64-efi")
    ok(result.status == 0, "an ISO for UEFI machines", result)
    text = shown([*uefi, *cd], shoot_framebuffer, DONE)
    ok(re.search(DONE, text, re.M), "UEFI, no serial port: the verdict on the framebuffer, letter for letter", text)
    ok("\0" not in text, "and no cell of the screen has anything else", text)

## A PCI serial card alone

CARD = ["-chardev", "stdio,id=c", "-device", "pci-serial,chardev=c"]
for append in ("", "console=pci", "console=pci,9600", "console=auto"):
    result = direct(f"run=list debugexit=0xf4 {append}", *CARD)
    ok(result.status == 33 and "# list: job unit" in result.out, f"{append or 'no console='}: a PCI serial card is found", result)
result = direct("run=list debugexit=0xf4 console=pci", *SERIAL)
ok(result.status == 37 and len(re.findall("^error: console=pci: nothing answers", result.out, re.M)) == 1,
   "console=pci without a card: said on the first serial port", result)
result = direct("run=list debugexit=0xf4", "-chardev", "stdio,id=c", "-device", "virtio-serial-pci", "-device", "virtconsole,chardev=c")
ok(result.status == 33 and not result.out, "a card of another class is left alone", result)
for value in ("ttyS4", "pci,1", "vga,x", "0x10", "screen"):
    one_line(boot(RUN="list", APPEND=f"console={value}", timeout=LIMIT), f"^error: console={value} is refused", f"console={value}", channel="both")
one_line(boot(RUN="list", APPEND="console=0x5000", timeout=LIMIT), "^error: console=0x5000: nothing answers", "a port without a UART",
         channel="both")
done()
