#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""build/shootdown.iso as a CD and as a USB stick, BIOS and UEFI: the menu on the serial port, a
verdict, and a halt, as on a machine without an exit device. Each entry of the menu is what the kernel takes."""
import re
import subprocess
import tempfile
import threading
import time

from bare import CD, LIMITED, SECOND_SERIAL, SERIAL, direct, drive, ovmf_files
from hosttest import BENCH_IMAGE, TOP, done, machine, need_bench, need_kernel, ok, patient, read, run

ISO = f"{TOP}/build/shootdown.iso"
MACHINE = [*LIMITED, "-smp", "4"]
ON_CD = [*drive(ISO, "media=cdrom"), *CD]
ON_USB = ["-device", "qemu-xhci", *drive(ISO, "format=raw"), "-device", "usb-storage,drive=d,bootindex=0"]


def console(options, downs, until, limit):
    """Boots, goes down the menu, and returns what came until the pattern did."""
    with machine(), subprocess.Popen([*MACHINE, *SERIAL, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT) as proc:
        text = bytearray()

        def reader():
            while True:
                chunk = proc.stdout.read1(4096)
                if not chunk:
                    return
                text.extend(chunk)

        thread = threading.Thread(target=reader, daemon=True)
        thread.start()
        end = time.monotonic() + patient(limit)
        chosen = False
        while time.monotonic() < end and proc.poll() is None:
            if not chosen and b"GNU GRUB" in text:
                time.sleep(0.5)
                for key in ["\x0e"] * downs + ["\r"]:
                    proc.stdin.write(key.encode())
                    proc.stdin.flush()
                    time.sleep(0.1)
                chosen = True
            if re.search(until, text):
                break
            time.sleep(0.05)
        time.sleep(0.3)
        running = proc.poll() is None
        proc.terminate()
        proc.wait()
        thread.join()
    return text.decode("utf-8", "replace"), running


MENU = re.findall(r"^menuentry '([^']*)' \{\n\tmultiboot2 /boot/shootdown\.elf(.*)\n\tgfxpayload=\$payload\n\}", read("boot/grub.cfg"), re.M)


def refused(options):
    """What the kernel says against the options of an entry, before any job: run=list comes last, and prevails."""
    result = direct(f"{options} run=list debugexit=0xf4", "-smp", "4", *(SECOND_SERIAL if "ttyS1" in options else SERIAL))
    said = re.findall("^error: (.*)", result.out, re.M)
    return said[0] if said else None if result.status == 33 and ("vga" in options or "# list:" in result.out) else result


def stripped(image):
    """What an ISO has of an image."""
    with tempfile.TemporaryDirectory() as tmp:
        run(["objcopy", "--strip-debug", image, f"{tmp}/elf"])
        return open(f"{tmp}/elf", "rb").read()


def image_in_iso():
    with tempfile.TemporaryDirectory() as tmp:
        run(["xorriso", "-osirrox", "on", "-indev", ISO, "-extract", "/boot/shootdown.elf", f"{tmp}/elf"])
        return open(f"{tmp}/elf", "rb").read()


def entry(option):
    """The number of the first entry that has this option."""
    return next(n for n, (_, options) in enumerate(MENU) if option in options)


need_kernel()
need_bench()
ok(len(MENU) == read("boot/grub.cfg").count("\nmenuentry ") > 8, "each entry of the menu is read", MENU)
for title, options in MENU:
    why = refused(options)
    # TCG has no INVLPGB: the entry that insists on it says so.
    ok("INVLPGB" in str(why) if "=hw" in options else why is None, f"the entry {title!r}: options that the kernel takes", why)
ok("unknown option" in refused(" flush=ipi nonsense=1"), "one that it does not take is seen")
result = run(["make", "iso"], timeout=300)
if ok(result.status == 0, "make iso", result):
    with tempfile.TemporaryDirectory() as tmp:
        code, vars_, form = ovmf_files()
        run(["cp", vars_, f"{tmp}/vars"])
        uefi = ["-drive", f"if=pflash,format={form},readonly=on,file={code}",
                "-drive", f"if=pflash,format={form},file={tmp}/vars"]
        for name, options, booted in (
            ("CD, BIOS", ON_CD, "multiboot2 (BIOS)"), ("USB stick, BIOS", ON_USB, "multiboot2 (BIOS)"),
            ("CD, UEFI", uefi + ON_CD, "multiboot2 (UEFI)"), ("USB stick, UEFI", uefi + ON_USB, "multiboot2 (UEFI)"),
        ):
            text, running = console(options, 0, rb"booted by .*\n", 60)
            ok("shootdown:" in text and booted in text, f"{name}: the first entry boots", text[-1500:])
            ok(running, f"{name}: and runs", text[-1500:])
    text, running = console(ON_CD, entry("run=list"), rb"halting", 40)
    ok("torture" in text, "the entry for run=list prints the jobs", text[-1500:])
    ok("status 0" in text and running, "a verdict, then a halt, without an exit device", text[-1500:])
    result = run(["make", "iso", "FLAVOUR=bench"], timeout=300)
    ok(result.status == 0, "make iso FLAVOUR=bench", result)
    ok(image_in_iso() == stripped(BENCH_IMAGE), "replaces it, though that image is older than the last ISO")
    text, running = console(ON_CD, entry("run=bench"), rb'# json .*"bench": "machine".*\n', 40)
    ok('"microcode": "0x' in text, "the entry for the bench prints what tools/bench_report.py reads", text[-1500:])
done()
