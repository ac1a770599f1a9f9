# SPDX-License-Identifier: GPL-2.0
"""Where to stop: a walker, a violation, a table that is withdrawn, freed or used again."""
import contextlib

import gdb

from access import PAGE_SHIFT, on, on_model, symbol, threads, value
from tables import a_frame

WALKERS = ("gup_fast_or_fault", "gup_fast_only")
# The events of a table's life: their first word is its frame ...
TABLE_EVENTS = {
    "withdrawn": ("WITHDRAW",),
    "freed": ("TABLE_FREE",),
    "reused": ("TABLE_ALLOC", "REUSE", "REPOPULATE", "DEPOSIT", "SHARE"),
}
# ... and of its entries, by their physical address.
ENTRY_EVENTS = {"read": ("PT_READ",), "written": ("PT_SET", "PT_CLEAR")}
# Files of those that look on: the code that they were called from is what is of interest.
ONLOOKERS = ("tests/oracle/", "kernel/event.c", "arch/model/", "tests/metal/", "tests/explore/", "tests/scenario/judge.c")


def kind():
    """QEMU checks a hardware breakpoint and leaves the code as it is; the model is a process."""
    return gdb.BP_BREAKPOINT if on_model() else gdb.BP_HARDWARE_BREAKPOINT


def to_the_code():
    """Select the innermost call that is the kernel's own."""
    frame = gdb.newest_frame()
    while frame:
        file = frame.find_sal().symtab
        if file and not any(name in file.fullname() for name in ONLOOKERS):
            frame.select()
            return
        frame = frame.older()


class Violation(gdb.Breakpoint):
    """Where an oracle reports the first violation: the call that it saw is selected."""

    def __init__(self):
        super().__init__("oracle_fail", kind())

    def stop(self):
        return True


class Table(gdb.Breakpoint):
    """Some events of one table or its entries."""

    def __init__(self, pfn, wanted):
        self.pfn = pfn
        self.of_table, self.of_entry = (
            {int(value(f"EV_{name}")) for word in wanted for name in names.get(word, ())} for names in (TABLE_EVENTS, ENTRY_EVENTS)
        )
        super().__init__("__observe", kind())

    def stop(self):
        frame = gdb.newest_frame()
        # At the first instruction: its arguments are in registers.
        event = int(frame.read_register("rdi")) & 0xFFFFFFFF
        first = int(frame.read_register("rsi")) & (1 << 64) - 1
        return event in self.of_table and first == self.pfn or event in self.of_entry and first >> PAGE_SHIFT == self.pfn


def event_time():
    """When the event happened that the selected CPU's oracle reports; None: it reports none."""
    frame = gdb.newest_frame()
    if frame.name() != "oracle_fail":
        return None
    with contextlib.suppress(gdb.error, ValueError):
        return int(frame.older().read_var("ev")["tsc"])
    return None


def to_the_first():
    """QEMU lets other CPUs run on until all stand still: of those that report by then, select the earliest."""
    found = []
    for _, thread in threads():
        with on(thread):
            when = event_time()
        if when is not None:
            found.append((when, thread.num, thread))
    if found:
        min(found)[2].switch()


def say_other():
    """Which CPU the violation is with: oracle_fail()'s @other_cpu."""
    other = int(gdb.newest_frame().read_var("other_cpu"))
    if other >= 0 and not on_model():
        print(f"the other CPU is CPU{other}: thread {other + 1}")


def stopped(event):
    """Show the kernel's code, not that of its onlookers."""
    if isinstance(event, gdb.BreakpointEvent) and any(isinstance(b, (Violation, Table)) for b in event.breakpoints):
        if any(isinstance(b, Violation) for b in event.breakpoints):
            to_the_first()
        to_the_code()
        gdb.execute("frame")
        if any(isinstance(b, Violation) for b in event.breakpoints):
            say_other()


gdb.events.stop.connect(stopped)


class BreakWalker(gdb.Command):
    """Stop any CPU that begins a lock-free walk of page tables."""

    def __init__(self):
        super().__init__("shootdown break-walker", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, argument, from_tty):
        for name in [argument] if argument else WALKERS:
            if symbol(name):
                gdb.Breakpoint(name, kind())
                return
        raise gdb.GdbError("this image has no walker: " + ", ".join(WALKERS))


class BreakViolation(gdb.Command):
    """Stop where an oracle reports a violation, with the call selected in which it happened."""

    def __init__(self):
        super().__init__("shootdown break-violation", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, argument, from_tty):
        if not symbol("oracle_fail"):
            raise gdb.GdbError("this image has no oracles (NO_TESTS=1, FLAVOUR=bench)")
        Violation()


class BreakTable(gdb.Command):
    """Stop at what happens to a table: shootdown break-table FRAME [withdrawn|freed|reused|read|written]...

    Without a word: when it is withdrawn, freed or reused. FRAME: its number, as events print it."""

    def __init__(self):
        super().__init__("shootdown break-table", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        wanted = words[1:] or list(TABLE_EVENTS)
        known = [*TABLE_EVENTS, *ENTRY_EVENTS]
        wrong = [w for w in wanted if w not in known]
        if not words or wrong:
            raise gdb.GdbError(f"{' '.join(wrong)}: shootdown break-table FRAME [{'|'.join(known)}]".lstrip(": "))
        Table(a_frame(words[0]), wanted)


BreakWalker()
BreakViolation()
BreakTable()
