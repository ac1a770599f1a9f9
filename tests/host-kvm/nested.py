# SPDX-License-Identifier: GPL-2.0
"""A real KVM without hardware: QEMU's TCG emulates AMD SVM with nested paging, Debian's kernel loads
kvm_amd on it, and QEMU in that starts guests. The firmware, the libraries and the QEMU are this
machine's own. All of it is in one initramfs; the host kernel takes commands on its serial port."""
import glob
import lzma
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

import hosttest  # noqa: E402
from initramfs import OPTIONS, Cpio  # noqa: E402

ROOT = os.path.join(hosttest.TOP, "build/kvm")
KERNEL = os.path.join(ROOT, "kernel/vmlinuz")
QEMU = os.path.realpath(shutil.which(hosttest.QEMU) or "")
FIRMWARE = ("bios-256k.bin", "pvh.bin", "linuxboot_dma.bin", "kvmvapic.bin")
BOOT_LIMIT = 60  # seconds for the host kernel; it takes 10
TRIES = 3  # now and then it hangs under a TCG of several threads, in its boot or later
SILENCE = 40  # seconds without a beat after which the host kernel counts as hung
GUEST_LIMIT = 300  # for a guest that hangs
RESET = "QEMU's 0"  # with -no-reboot; the image itself always ends by the debug port
STATUS = {33: 0, 35: 1, 37: 2, 39: 3, 124: 4, 137: 4, 143: 4}  # as run.sh has it

INIT = """#!/bin/sh
/bin/busybox --install -s /bin
export PATH=/usr/bin:/bin LD_LIBRARY_PATH=@LIBRARIES@ QEMU=@QEMU@
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
stty -echo -onlcr
(while echo; do sleep 1; done) >/dev/ttyS1 2>&1 &
for module in @MODULES@; do insmod "/modules/$module"; done
echo "@@end 0 0"
while IFS= read -r line; do eval "$line"; done
poweroff -f
"""


## The initramfs


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def modules(name):
    """[(name, content)] of a module and of those that it needs, in the order to load them."""
    found = glob.glob(f"{ROOT}/kernel/root/**/{name}.ko*", recursive=True)
    if not found:
        raise Unusable(f"the host kernel has no module {name}")
    with (lzma.open if found[0].endswith(".xz") else open)(found[0], "rb") as file:
        content = file.read()
    needs = re.search(rb"\0depends=([^\0]*)\0", content).group(1).decode()
    before = [m for need in needs.split(",") if need for m in modules(need)]
    return list(dict(before + [(name, content)]).items())


def write_initramfs(path, image):
    load = modules("kvm-amd")
    # Busybox' timeout does not say by its status that the time was over, and its shell insists on it.
    shell, timeout = (os.path.realpath(shutil.which(name)) for name in ("sh", "timeout"))
    programs = [QEMU, shell, timeout, *glob.glob("/usr/lib/*/qemu/accel-tcg-x86_64.so")]
    libraries = {library for program in programs for library in re.findall(r"(/\S+) \(0x", output("ldd", program))}
    with open(path, "wb") as file:
        cpio = Cpio(file)
        for directory in ("proc", "sys", "dev", "tmp"):
            cpio.folder(directory)
        cpio.copy("bin/busybox", f"{ROOT}/busybox")
        # Where they are here: QEMU looks for its firmware from its own place.
        firmware = [os.path.join(directory, name) for directory in output(QEMU, "-L", "help").split() for name in FIRMWARE]
        cpio.copy("bin/sh", shell)
        for source in programs + sorted(libraries) + [path for path in firmware if os.path.exists(path)]:
            cpio.copy(os.path.normpath(source), source)
        for name, content in load:
            cpio.add(f"modules/{name}.ko", content)
        # run.sh with what it reads; the image in the place of make's.
        for source in ["run.sh", "kernel/include/kernel/config.h", *glob.glob("tools/*.sh"), "tools/variables"]:
            cpio.copy(f"top/{source}", source)
        cpio.copy("image.elf", image)
        init = INIT.replace("@LIBRARIES@", ":".join(sorted({os.path.dirname(l) for l in libraries})))
        init = init.replace("@QEMU@", QEMU).replace("@MODULES@", " ".join(f"{name}.ko" for name, _ in load))
        cpio.add("init", init.encode())
        cpio.end()


## The host


class Unusable(Exception):
    """There is no host to start guests on."""


class Host:
    """with Host() as host: the machine is ours alone meanwhile."""

    def __init__(self, smp=2, cpu="max", image=hosttest.IMAGE):
        self.smp, self.cpu, self.image = smp, cpu, image
        self.text, self.text_lock, self.commands = b"", threading.Lock(), 0
        self.tmp = tempfile.mkdtemp()
        self.beats = os.path.join(self.tmp, "beats")  # the host kernel's second serial port, each second
        self.lock = hosttest.machine(alone=True)
        self.proc = None

    def __enter__(self):
        self.lock.__enter__()
        signal.signal(signal.SIGTERM, lambda *unused: sys.exit(143))  # so that the host ends with us
        try:
            self._boot()
        except Unusable as why:
            self.__exit__()
            hosttest.ok(False, "a host with KVM", why, self.text.decode("utf-8", "replace")[-3000:])
            hosttest.done()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _come_up(self):
        self._end()
        self.text, self.commands = b"", 0
        self._start()
        self._until_end(BOOT_LIMIT)

    def _tries(self, action):
        """What @action gives, on a host that is started again if it has hung or ended meanwhile."""
        for tries_left in reversed(range(TRIES)):
            try:
                if not self.proc:
                    self._come_up()
                return action()
            except Unusable as why:
                if not tries_left:
                    raise
                progress(f"{why}: once more")
                self._end()

    def _boot(self):
        began = time.monotonic()
        version = self.run("[ -c /dev/kvm ] && uname -r", 60)
        if version.status:
            raise Unusable("the host kernel has no /dev/kvm: this QEMU emulates no SVM that kvm_amd can use")
        progress(f"host: Linux {version.out.strip()} with KVM, after {time.monotonic() - began:.0f} s")

    def _end(self):
        if self.proc:
            self.proc.kill()
            self.proc.wait()
            self.thread.join()
            self.proc = None

    def __exit__(self, *unused):
        self._end()
        shutil.rmtree(self.tmp)
        self.lock.__exit__(None, None, None)

    def _start(self):
        if not os.path.exists(KERNEL) or not os.path.isfile(QEMU):
            raise Unusable("no host kernel in build/kvm (tools/kvm/fetch.sh gets it), or no QEMU")
        image, initramfs = os.path.join(self.tmp, "image.elf"), os.path.join(self.tmp, "initramfs")
        subprocess.run(["objcopy", "--strip-debug", self.image, image], check=True)
        write_initramfs(initramfs, image)
        self.proc = subprocess.Popen(
            [QEMU, "-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none", "-no-reboot",
             "-accel", "tcg,thread=multi", "-cpu", self.cpu, "-machine", "q35", "-smp", str(self.smp), "-m", "2048",
             "-serial", "stdio", "-serial", f"file:{self.beats}", "-kernel", KERNEL, "-initrd", initramfs, "-append", OPTIONS],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while True:
            chunk = self.proc.stdout.read1(65536)
            if not chunk:
                return
            with self.text_lock:
                self.text += chunk.replace(b"\r", b"")

    def _until_end(self, limit):
        """(what came before it, status) of the command under way."""
        mark = re.compile(rb"@@end %d (\d+)\n" % self.commands)
        end = time.monotonic() + hosttest.patient(limit)
        beats, silent = 0, time.monotonic() + hosttest.patient(SILENCE)
        while True:
            if os.path.exists(self.beats) and os.path.getsize(self.beats) != beats:
                beats, silent = os.path.getsize(self.beats), time.monotonic() + hosttest.patient(SILENCE)
            over = not self.thread.is_alive() or time.monotonic() > min(end, silent)
            with self.text_lock:
                found = mark.search(self.text)
                if found:
                    before, self.text = self.text[: found.start()], self.text[found.end() :]
                    return before.decode("utf-8", "replace"), int(found.group(1))
            if over:
                raise Unusable(f"the host kernel has ended, hung, or does not answer within {limit} s")
            time.sleep(0.05)

    def run(self, command, limit):
        """A shell command on the host kernel, as a hosttest.Result. Once more if that kernel hangs."""
        return self._tries(lambda: self._run(command, limit))

    def _run(self, command, limit):
        began = time.monotonic()
        self.commands += 1
        self.proc.stdin.write(f"({command}) </dev/null; echo @@end {self.commands} $?\n".encode())
        self.proc.stdin.flush()
        out, status = self._until_end(limit)
        return hosttest.Result(status, out, "", time.monotonic() - began)

    def guest(self, append, smp=4, cpu="host", limit=GUEST_LIMIT):
        """The image as a guest of that KVM; the status is that which run.sh would give. A guest that is reset in the middle
        is run again: the emulation of SVM does that now and then. What is reset each time is the image's fault."""
        for _ in range(TRIES):
            result = self._guest(append, smp, cpu, limit)
            if result.status != RESET:
                break
        return result

    def _guest(self, append, smp, cpu, limit):
        command = (
            f"timeout -s KILL {hosttest.patient(limit)} $QEMU -nodefaults -no-user-config -display none -monitor none"
            f" -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -accel kvm -cpu {cpu} -machine q35 -smp {smp}"
            f" -m 256 -serial stdio -kernel /image.elf"
            f" -append {shlex.quote(f'debugexit=0xf4 host=kvm-on-tcg {append}')} >/tmp/log 2>&1;"
            " status=$?; cat /tmp/log; exit $status")
        result = self.run(command, limit + 100)
        result.status = STATUS.get(result.status, f"QEMU's {result.status}")
        progress(f"SMP={smp} {append}: status {result.status}, {result.seconds:.0f} s")
        return result


def progress(text):
    print(f"# {os.path.basename(sys.argv[0])}: {text}", file=sys.stderr, flush=True)
