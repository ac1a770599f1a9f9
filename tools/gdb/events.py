# SPDX-License-Identifier: GPL-2.0
"""The newest events of the rings, in one column or in two."""
import os
import re
import subprocess
import textwrap

import gdb

from access import need_cpus, number_of_cpus, on_model, per_cpu, value

WIDTH = 46  # of a column
IN_TREE = re.compile(r"^.*?/(?=(?:arch|boot|kernel|mm|tests)/)")  # what is before it


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
    length = ring_length()
    for seq in range(max(1, count - length + 1), count + 1):
        slot = slots[(seq - 1) % length]
        if int(slot["seq"]) == seq:
            yield slot["ev"]


def recorded(cpu):
    """The same of a schedule that the explorer shows: it keeps all events in one array."""
    events = value("'recorder.c'::recorded")
    for i in range(int(value("'recorder.c'::nr_recorded"))):
        if int(events[i]["cpu"]) == cpu:
            yield events[i]


def events_of(cpus):
    """[(time, cpu, event)], in the order of time."""
    known = int(value("sizeof(formats) / sizeof(formats[0])"))
    source = recorded if on_model() else ring
    every = [(int(ev["tsc"]), cpu, ev) for cpu in cpus for ev in source(cpu) if int(ev["id"]) < known]
    return sorted(every, key=lambda e: e[:2])


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


def code_of(event):
    """The address of the code that it comes from: of the call, which is before where it returns to. 0: from none."""
    operation = text_of(event).startswith("operation")
    if operation and int(event["c"]):
        return int(event["c"])
    ip = int(event["ip"][operation])
    return (ip | (0xFFFFFFFF << 32 if ip >> 31 else 0)) - 1 if ip else 0


def places_of(events):
    """{address of code: "function file:line"}, as tools/places.sh has it: of the innermost function that is in no header."""
    addresses = sorted({code_of(event) for _, _, event in events} - {0})
    program = gdb.current_progspace().filename
    if not addresses or not program:
        return {}
    command = ["addr2line", "-a", "-f", "-i", "-e", program, *map(hex, addresses)]
    try:
        lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return {}
    found, address, function = {}, 0, None
    for line in lines:
        if re.fullmatch("0x[0-9a-f]+", line):
            address, function = int(line, 16), None
        elif function is None:
            function = line
        else:
            if ".h:" not in line and "?" not in line:
                found.setdefault(address, f"{function} {IN_TREE.sub('', line.split(' ')[0])}")
            function = None
    return found


def a_number(word, least, what):
    if not word.isdigit() or int(word) < least:
        raise gdb.GdbError(f"{word}: {what}")
    return int(word)


def a_cpu(word):
    cpu = a_number(word, 0, "no number of a CPU")
    if cpu not in need_cpus():
        raise gdb.GdbError(f"{word}: there are {number_of_cpus()} CPUs, from 0 on")
    return cpu


class Events(gdb.Command):
    """The newest events of all CPUs, oldest first: shootdown events [NUMBER [CPU]]."""

    def __init__(self):
        super().__init__("shootdown events", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        most = a_number(words[0], 1, "no number of events") if words else 40
        events = events_of([a_cpu(words[1])] if len(words) > 1 else need_cpus())[-most:]
        places = places_of(events)
        frequency = int(value("tsc_hz")) or 10**9
        for tsc, cpu, event in events:
            ago = (events[-1][0] - tsc) * 10**6 / frequency
            print(f"{-ago:12.3f} us  CPU{cpu:<3} {text_of(event):<{WIDTH}} < {places.get(code_of(event), '')}".rstrip(" <"))


class History(gdb.Command):
    """The newest events of two CPUs in one order of time, a column each: shootdown history CPU CPU [NUMBER]."""

    def __init__(self):
        super().__init__("shootdown history", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) not in (2, 3):
            raise gdb.GdbError("shootdown history CPU CPU [NUMBER]")
        most = a_number(words[2], 1, "no number of events") if len(words) > 2 else 40
        show_history(a_cpu(words[0]), a_cpu(words[1]), most)


def show_history(left, right, most):
    print(f"{f'CPU{left}':<{WIDTH}} | CPU{right}")
    events = events_of(sorted({left, right}))[-most:]
    places = places_of(events)
    for _, cpu, event in events:
        place = places.get(code_of(event), "")
        for line in textwrap.wrap(text_of(event), WIDTH):
            line = f"{line:<{WIDTH}} | {'':<{WIDTH}}" if cpu == left else f"{'':<{WIDTH}} | {line:<{WIDTH}}"
            print(f"{line} | {place}".rstrip(" |") if place or cpu != left else line.rstrip())
            place = ""


Events()
History()
