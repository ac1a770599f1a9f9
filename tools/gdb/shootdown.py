# SPDX-License-Identifier: GPL-2.0
"""GDB commands that know the kernel's per-CPU data and event rings."""
import os
import re

import gdb

WALKERS = ("gup_fast_or_fault", "gup_fast_only")


def value(expression):
    return gdb.parse_and_eval(expression)


def number_of_cpus():
    """0 until the kernel has made its per-CPU areas."""
    if not int(value("__per_cpu_offset[0]")):
        return 0
    return int(value("nr_cpu_ids"))


def per_cpu(name, cpu):
    """The variable's copy of that CPU."""
    variable = value(f"&{name}")
    address = int(variable) + int(value(f"__per_cpu_offset[{cpu}]"))
    return gdb.Value(address & (1 << 64) - 1).cast(variable.type).dereference()


class Shootdown(gdb.Command):
    """What GDB can show of the shootdown test-bed."""

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


class BreakWalker(gdb.Command):
    """Stop any CPU that begins a lock-free walk of page tables."""

    def __init__(self):
        super().__init__("shootdown break-walker", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, argument, from_tty):
        for name in [argument] if argument else WALKERS:
            if gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name):
                # A hardware breakpoint: QEMU checks it, the code is not changed.
                gdb.execute(f"hbreak {name}")
                return
        raise gdb.GdbError("this image has no walker: " + ", ".join(WALKERS))


class Cpus(gdb.Command):
    """Per CPU: its task, what it holds off, and the mm it has loaded."""

    def __init__(self):
        super().__init__("shootdown cpus", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        for cpu in range(number_of_cpus()):
            task = per_cpu("current_task", cpu)
            if not int(task):
                print(f"CPU{cpu:<3} not up")
                continue
            loaded = ""
            if gdb.lookup_global_symbol("cpu_tlbstate"):
                state = per_cpu("cpu_tlbstate", cpu)
                loaded = f"  loaded_mm {int(state['loaded_mm']):#x}"
            print(
                f"CPU{cpu:<3} {task['name'].string():<16} id {int(task['id'])}"
                f"  preempt_count {int(per_cpu('__preempt_count', cpu)):#x}"
                f"  mm {int(task['mm']):#x}{loaded}"
            )


def ring_length():
    """CONFIG_EVENT_RING: a macro, so not in the debugging information."""
    kernel = os.path.dirname(gdb.lookup_global_symbol("__observe").symtab.fullname())
    with open(os.path.join(kernel, "include/kernel/config.h"), encoding="utf-8") as file:
        return int(re.search(r"define CONFIG_EVENT_RING (\d+)", file.read()).group(1))


def ring(cpu):
    """The records of one CPU's ring that are whole, with their time."""
    slots = per_cpu("event_ring", cpu)
    if not int(slots):
        return
    count = int(per_cpu("event_count", cpu))
    size = int(value("sizeof(formats) / sizeof(formats[0])"))
    length = ring_length()
    for seq in range(max(1, count - length + 1), count + 1):
        slot = slots[(seq - 1) % length]
        if int(slot["seq"]) == seq and int(slot["ev"]["id"]) < size:
            yield int(slot["ev"]["tsc"]), cpu, slot["ev"]


def text_of(event):
    """As event_format() has it."""
    form = value("formats")[int(event["id"])].string()
    words = [int(event[k]) for k in "abc"]
    code = value("codes")[int(event["id"])]
    if int(code["word"]):
        known = words[2] < int(code["nr"])
        form = form.replace("%s", code["word"][words[2]].string() if known else "?")
    used = re.findall(r"%(#?)ll([uxd])", form)
    form = re.sub(r"%(#?)ll([uxd])", lambda m: "%" + m.group(1) + m.group(2).replace("u", "d"), form)
    return form % tuple(
        w - (1 << 64) if kind == "d" and w >> 63 else w for w, (_, kind) in zip(words, used)
    )


class Events(gdb.Command):
    """The newest events of all CPUs, oldest first: shootdown events [NUMBER [CPU]]."""

    def __init__(self):
        super().__init__("shootdown events", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        most = int(words[0]) if words else 40
        cpus = [int(words[1])] if len(words) > 1 else range(number_of_cpus())
        events = sorted((e for cpu in cpus for e in ring(cpu)), key=lambda e: e[:2])[-most:]
        frequency = int(value("tsc_hz")) or 10**9
        for tsc, cpu, event in events:
            ago = (events[-1][0] - tsc) * 10**6 / frequency
            print(f"{-ago:12.3f} us  CPU{cpu:<3} {text_of(event)}")


Shootdown()
Connect()
BreakWalker()
Cpus()
Events()
