# SPDX-License-Identifier: GPL-2.0
"""GDB commands that know the kernel: "help shootdown" lists them. One file of this directory a topic."""
import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


class Shootdown(gdb.Command):
    """What GDB can show of the kernel: CPUs, page tables, flushes, events."""

    def __init__(self):
        super().__init__("shootdown", gdb.COMMAND_USER, gdb.COMPLETE_NONE, True)


class Connect(gdb.Command):
    """Connect to the guest of make debug, on port $GDBPORT (1234)."""

    def __init__(self):
        super().__init__("shootdown connect", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        if not gdb.objfiles():
            gdb.execute("file build/debug/shootdown.elf")
        gdb.execute("target remote 127.0.0.1:" + os.environ.get("GDBPORT", "1234"))


Shootdown()
Connect()

import cpus  # noqa: E402,F401 pylint: disable=wrong-import-position,unused-import
import events  # noqa: E402,F401 pylint: disable=wrong-import-position,unused-import
import flushes  # noqa: E402,F401 pylint: disable=wrong-import-position,unused-import
import stops  # noqa: E402,F401 pylint: disable=wrong-import-position,unused-import
import tables  # noqa: E402,F401 pylint: disable=wrong-import-position,unused-import
