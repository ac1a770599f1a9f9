# SPDX-License-Identifier: GPL-2.0
"""The image on Bochs: from a CD, by Bochs' own BIOS and GRUB, the console on the first serial port,
the verdict printed, then a halt: a machine without QEMU's exit device or loader."""
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

import hosttest  # noqa: E402

BOCHS = os.path.join(hosttest.TOP, "build/bochs/bochs")
SHARE = os.path.join(hosttest.TOP, "build/bochs/root/usr/share")

# Both with PCIDs, INVPCID and x2APIC. With SMAP, Bochs keeps no translation for what the kernel
# loads and stores at user addresses.
PLAIN, SMAP = MODELS = ("corei7_haswell_4770", "corei7_skylake_x")

# A second of the guest is IPS instructions: time stands still while the host does something else.
IPS = 4000000
CONFIG = """display_library: rfb, options="timeout=0"
config_interface: textconfig
cpu: model={model}, count={smp}, ips={ips}, reset_on_triple_fault=0, ignore_bad_msrs=1
memory: guest=256, host=256
romimage: file={share}/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file={share}/vgabios/vgabios.bin
pci: enabled=1, chipset=i440fx
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path={tmp}/cd.iso, status=inserted
boot: cdrom
clock: sync=none, time0=local
log: {tmp}/log
panic: action=fatal
com1: enabled=1, mode=file, dev={tmp}/serial
speaker: enabled=0
"""


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().replace("\r", "")
    except FileNotFoundError:
        return ""


def make_iso(tmp, options):
    """As run.sh FIRMWARE=bios makes it."""
    with open("boot/grub-run.cfg", encoding="utf-8") as file:
        text = file.read().replace("@CMDLINE@", f"host=bochs-3.0 {options}")
    with open(f"{tmp}/grub.cfg", "w", encoding="utf-8") as file:
        file.write(text)
    return hosttest.run(["sh", "-euc", f"me=bochs; . tools/lib.sh; make_iso {tmp}/cd.iso {hosttest.IMAGE} "
                         f"{tmp}/grub.cfg /usr/lib/grub/i386-pc"])


def boot(smp, options, model=PLAIN, limit=900):
    """hosttest.Result: the status as the kernel prints it before it halts, or "timeout"."""
    began = time.monotonic()
    with hosttest.machine(), tempfile.TemporaryDirectory() as tmp:
        made = make_iso(tmp, options)
        if made.status != 0:
            return made
        config = CONFIG.format(smp=smp, model=model, ips=IPS, share=SHARE, tmp=tmp)
        for name, text in (("rc", config), ("continue", "c\n")):
            with open(f"{tmp}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        with subprocess.Popen([BOCHS, "-q", "-f", f"{tmp}/rc", "-rc", f"{tmp}/continue"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp) as proc:
            ended = None
            while ended is None and proc.poll() is None and time.monotonic() < began + limit:
                time.sleep(0.5)
                ended = re.search(r"^# done: status (\d), halting", read(f"{tmp}/serial"), re.M)
            alive = proc.poll() is None
            proc.kill()
        status = int(ended.group(1)) if ended else "timeout" if alive else "Bochs ended"
        # Of Bochs' own log, errors and panics.
        said = "".join(line + "\n" for line in read(f"{tmp}/log").splitlines() if re.match(r"\d+[ep]\[", line))
        return hosttest.Result(status, read(f"{tmp}/serial"), said, time.monotonic() - began)


def need_bochs(*jobs):
    """Ends the test file unless Bochs is there and the kernel has the jobs."""
    if not os.access(BOCHS, os.X_OK):
        hosttest.ok(False, "Bochs 3.0", "make bochs fetches it")
        hosttest.done()
    hosttest.need_kernel(*jobs)
