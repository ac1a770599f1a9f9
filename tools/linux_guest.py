# SPDX-License-Identifier: GPL-2.0
"""One boot of a real Linux with tests/bench-linux as its init, on the machine that run.sh would start."""
import os
import re
import shlex
import subprocess
import tempfile

from initramfs import OPTIONS, Cpio

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INIT = os.path.join(TOP, "build/bench-linux/init")
FOLDERS = ("proc", "sys")  # where init mounts


class Failed(Exception):
    """No result: one line that says why, and the exit status, as run.sh has them."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


def machine(kernel, env):
    """QEMU's command line for these variables and @kernel, but for its options."""
    result = subprocess.run(["./run.sh", "--dry-run"], cwd=TOP, env={**env, "IMAGE": kernel}, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if result.returncode:
        raise Failed(result.returncode, result.stderr.strip())
    words = shlex.split(result.stdout)
    at = words.index("-append")
    return words[:at] + words[at + 2:]


def kernel_of(name):
    """The file that KERNEL= or LINUX= names: an image, or a tree in which one was built."""
    if os.path.isdir(name):
        name = os.path.join(name, "arch/x86/boot/bzImage")
        if not os.path.exists(name):
            raise Failed(2, f"{name}: not there: build it (make bzImage), or KERNEL=bzImage names another one")
    try:
        with open(name, "rb") as file:
            head = file.read(0x206)
    except OSError as why:
        raise Failed(2, f"KERNEL={name}: {why.strerror}") from why
    if head[0x202:0x206] != b"HdrS" and head[:4] != b"\x7fELF":
        raise Failed(2, f"KERNEL={name}: neither a bzImage nor a vmlinux (CONFIG_PVH)")
    return name


def fetched(suite):
    """Debian's kernel, fetched if it is not there."""
    result = subprocess.run(["tools/linux/kernel.sh", suite], cwd=TOP, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode:
        raise Failed(2, "")  # it has said why
    return os.path.join(result.stdout.strip(), "vmlinuz")


def write_initramfs(path):
    with open(path, "wb") as file:
        cpio = Cpio(file)
        for folder in FOLDERS:
            cpio.folder(folder)
        cpio.copy("init", INIT)
        cpio.end()


def why_no_end(text, status, seconds):
    """Linux has ended, or was ended, before init was done."""
    said = re.findall(r"^# bench-linux: (.*)", text, re.M)
    panic = re.findall(r"Kernel panic.*|Oops.*|BUG:.*", text)
    last = text.strip().splitlines()[-1:]
    if panic:
        return Failed(3, f"Linux panicked: {panic[-1]}")
    if said:
        return Failed(2, f"this Linux cannot be measured: {said[-1]}")
    if status in (124, 137):
        after = f"after the line {last[0]!r}" if last else "it printed nothing: a kernel with a console on ttyS0?"
        return Failed(4, f"no end within {seconds} s (TIMEOUT=), {after}")
    return Failed(2 if status else 3, f"QEMU ended early, status {status}" + (f": {last[0]}" if last else ""))


def boot(words, arguments, options, seconds):
    """The console of a run that came to its end."""
    with tempfile.TemporaryDirectory(prefix="shootdown.") as tmp:
        initramfs = os.path.join(tmp, "initramfs")
        write_initramfs(initramfs)
        result = subprocess.run(
            ["timeout", "-k", "3", str(seconds), *words, "-initrd", initramfs,
             "-append", " ".join([OPTIONS, *options.split(), "--", *arguments])],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = result.stdout.decode("utf-8", "replace").replace("\r", "")
    if not re.search(r"^# bench-linux: end$", text, re.M):
        raise why_no_end(text, result.returncode, seconds)
    return text
