# SPDX-License-Identifier: GPL-2.0
"""What each CPU runs, and what address space it has loaded."""
import gdb

from access import IRQS_ON, need_cpus, on, per_cpu, symbol, threads, value


def mm_name(mm):
    """An address space as events name it."""
    if not int(mm):
        return "-"
    return f"mm{int(mm['context']['ctx_id'])}"


def loaded_mm(cpu):
    loaded = per_cpu("cpu_tlbstate", cpu)["loaded_mm"]
    # LOADED_MM_SWITCHING is no address.
    return "switching" if int(loaded) == 1 else mm_name(loaded)


def open_walk(cpu):
    """The walk that the oracle of walks sees open there, or ''."""
    if not symbol("walks") or not int(value("walks")):
        return ""
    walk = value("walks")[cpu]
    if not int(walk["seq"]) & 1:
        return ""
    return f"  walk of mm{int(walk['mm'])} at {int(walk['start']):#x}"


def interrupts(cpu):
    """IF of a CPU that is a thread of GDB: '1', '0', or '?'."""
    for number, thread in threads():
        if number == cpu:
            with on(thread):
                return "1" if int(gdb.newest_frame().read_register("eflags")) & IRQS_ON else "0"
    return "?"


class Cpus(gdb.Command):
    """Per CPU: its task, IF, what it holds off, the mm it has loaded, lazily or not, and an open walk."""

    def __init__(self):
        super().__init__("shootdown cpus", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        for cpu in need_cpus():
            task = per_cpu("current_task", cpu)
            if not int(task):
                print(f"CPU{cpu:<3} not up")
                continue
            lazy = " lazily" if per_cpu("cpu_tlbstate_shared", cpu)["is_lazy"] else ""
            print(
                f"CPU{cpu:<3} {task['name'].string():<16} id {int(task['id'])}  IF {interrupts(cpu)}"
                f"  preempt_count {int(per_cpu('__preempt_count', cpu)):#x}"
                f"  mm {mm_name(task['mm'])}  loaded {loaded_mm(cpu)}{lazy}{open_walk(cpu)}"
            )


class Calls(gdb.Command):
    """Cross-CPU calls that are queued, by target: the function, its argument, and the sender."""

    def __init__(self):
        super().__init__("shootdown calls", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        queued = False
        for cpu in need_cpus():
            csd = per_cpu("call_queue", cpu)["head"]
            # The head is the newest; the handler turns the list round before it runs them.
            while int(csd):
                queued = True
                print(f"CPU{cpu:<3} {csd['func'].format_string(symbols=True)}"
                      f" info {int(csd['info']):#x} from CPU{int(csd['src'])}{flags_of(csd)}")
                csd = csd["next"]
        if not queued:
            print("no call is queued")


def flags_of(csd):
    flags = int(csd["flags"])
    return (" waits" if flags & 2 else "") if flags & 1 else " (released)"


Cpus()
Calls()
