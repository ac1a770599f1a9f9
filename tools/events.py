# SPDX-License-Identifier: GPL-2.0
"""The "# event" lines of a log: of a history (history=line, tests/oracle/history_print.c) and of the rings of
all CPUs (trace=, tests/oracle/history_trace.c); which events belong together."""
import re
from itertools import groupby

HEADING = re.compile(r"^# (CPU\d+)(?: +\| (CPU\d+))?$")
RINGS = re.compile(r"^# rings: (\d+) CPUs, 1000 ticks are (\d+) ns$")
NAMES = re.compile(r"^# (?:mm_[a-z]|[TP]\d+): ")
EVENT = re.compile(r"^# event (\d+) (\d+) ([d-])([hN-]) ([01]) (\w+) (\S+) (\S+) (\S+) \| (.*) \| (.*?) \| (.*)$")
BANNER = re.compile(r"^# job \S+, seed=0x[0-9a-f]+")

# Operations: the event that begins one, and the one that ends it.
OPERATIONS = {"OP_BEGIN": "OP_END", "WALK_BEGIN": "WALK_END", "FLUSH_BEGIN": "FLUSH_END"}


class Event:
    """One "# event" line. @time in ticks; @place: "function file:line", or "function+0x1c", or nothing."""

    def __init__(self, match):
        cpu, time, irqs, context, shown, self.name, a, b, c, self.text, self.mark, self.place = match.groups()
        self.cpu, self.time = int(cpu), int(time)
        self.irqs_off = irqs == "d"
        self.context = {"h": "in an interrupt", "N": "in an NMI"}.get(context, "")
        self.flags = irqs + context
        self.shown = shown == "1"
        self.words = [int(word, 16) for word in (a, b, c)]


class Part:
    """Events of a log in the order of time, what was said before them, and the names in them. @ns: nanoseconds
    of 1000 ticks, of the rings of all CPUs; a history, in columns, has none."""

    def __init__(self, title, cpus, ns=None):
        self.title, self.cpus, self.ns = title, cpus, ns
        self.events, self.names = [], []


def read(lines):
    """(histories, rings) of a log: lists of Part. A history without lines for programs is left out."""
    parts, title = [], ""
    before = ""
    for line in (line.rstrip("\r\n") for line in lines):
        heading, rings, event = HEADING.match(line), RINGS.match(line), EVENT.match(line)
        if heading:
            title = re.sub(r"^# (VIOLATION )?", "", before)
            parts.append(Part(title, [int(cpu[3:]) for cpu in heading.groups() if cpu]))
        elif rings:
            parts.append(Part(title, list(range(int(rings.group(1)))), int(rings.group(2))))
            parts[-1].names = parts[-2].names if len(parts) > 1 else []
        elif event and parts:
            parts[-1].events.append(Event(event))
        elif NAMES.match(line) and parts and not parts[-1].events:
            parts[-1].names.append(line[2:])
        elif BANNER.match(line):
            title = BANNER.match(line).group(0)[2:]
        elif line.startswith("panic: "):
            title = line
        before = line
    for part in parts:
        if part.ns:
            part.events.sort(key=lambda e: e.time)
    return [p for p in parts if not p.ns and p.events], [p for p in parts if p.ns]


class Interrupt:
    """What a CPU does to others: @sent, the handlers that @took it, and the sender's event when it is @done, or None."""

    def __init__(self, what, sent, took, done):
        self.what, self.sent, self.took, self.done = what, sent, took, done


# What is sent: its name, the handler's event, those of the sender that say that it has waited for the handlers,
# and whether an event of the handler is of this one.
SENT = {
    "IPI_SEND": ("IPI", "IPI_RECV", ("IPI_DONE",), lambda sent, took: took.words[:2] == [sent.words[0], sent.cpu]),
    "NMI_SEND": ("NMI", "NMI_FLUSH", ("BROADCAST_SYNC", "BROADCAST_ALL"), lambda sent, took: took.words[0] >= sent.words[0]),
    "BROADCAST": ("INVLPGB", "HW_INVLPGB", ("BROADCAST_SYNC",), lambda sent, took: took.words[0] == sent.cpu),
}


def interrupts(events):
    """IPIs, NMIs, broadcasts, of events in the order of time. A handler whose ring begins later is not known."""
    place = {id(e): i for i, e in enumerate(events)}
    own, begun = {}, {}
    for event in events:
        own.setdefault(event.cpu, []).append(event)
        begun.setdefault(event.cpu, place[id(event)])
    found = []
    for i, sent in enumerate(events):
        if sent.name not in SENT:
            continue
        what, handler, ends, is_of = SENT[sent.name]
        later = [e for e in own[sent.cpu] if place[id(e)] > i]
        # Until the same CPU sends the next one.
        stop = next((e for e in later if e.name in (*ends, sent.name)), None)
        done = stop if stop and stop.name in ends else None
        last = place[id(stop)] if stop else len(events)
        took = [next((e for e in own[cpu] if e.name == handler and i < place[id(e)] < last and is_of(sent, e)), None)
                for cpu in own if cpu != sent.cpu and begun[cpu] < i]
        found.append(Interrupt(what, sent, sorted(filter(None, took), key=lambda e: place[id(e)]), done))
    return found


def operations(events):
    """[first, last or None, depth]: what encloses events of one CPU. None ends before one that began in it."""
    found = []
    for cpu in sorted({e.cpu for e in events}):
        stack = []
        for event in (e for e in events if e.cpu == cpu):
            if event.name in OPERATIONS:
                stack.append([event, None, len(stack)])
                found.append(stack[-1])
            while event.name in [OPERATIONS[op[0].name] for op in stack]:
                op = stack.pop()
                op[1] = event
                if OPERATIONS[op[0].name] == event.name:
                    break
    return found


def irqs_off(events):
    """(first, last, or None at the end) of each stretch of one CPU's events with IRQs off."""
    found = []
    for cpu in sorted({e.cpu for e in events}):
        own = [e for e in events if e.cpu == cpu]
        for off, stretch in groupby(own, key=lambda e: e.irqs_off):
            stretch = list(stretch)
            if off:
                found.append((stretch[0], stretch[-1] if stretch[-1] is not own[-1] else None))
    return found
