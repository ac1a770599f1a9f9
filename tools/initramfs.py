# SPDX-License-Identifier: GPL-2.0
"""A Linux that boots from an initramfs alone: the archive, and the options that each such boot takes."""
import os
import stat

# On the first serial port; a panic ends QEMU at once; what TCG's clocks would make a kernel complain
# of is left out, and so is what mitigations do in system calls.
OPTIONS = ("console=ttyS0 quiet loglevel=1 panic=-1 mitigations=off nokaslr nowatchdog tsc=reliable no_timer_check"
           " rcupdate.rcu_cpu_stall_suppress=1")


class Cpio:
    """An archive in the format newc (Linux Documentation/driver-api/early-userspace/buffer-format.rst)."""

    def __init__(self, file):
        self.file, self.made = file, set()

    def _member(self, name, mode, data=b""):
        self.made.add(name)
        encoded = name.encode() + b"\0"
        fields = (len(self.made), mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(encoded), 0)
        self._padded(b"070701" + b"".join(b"%08x" % field for field in fields) + encoded)
        self._padded(data)

    def _padded(self, data):
        self.file.write(data + b"\0" * (-len(data) % 4))

    def add(self, path, data=b"", mode=stat.S_IFREG | 0o755):
        name = path.lstrip("/")
        parent = os.path.dirname(name)
        if parent and parent not in self.made:
            self.folder(parent)
        if name not in self.made:
            self._member(name, mode, data)

    def folder(self, path):
        self.add(path, mode=stat.S_IFDIR | 0o755)

    def copy(self, path, source):
        with open(source, "rb") as file:
            self.add(path, file.read())

    def end(self):
        self._member("TRAILER!!!", 0)
