#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes the event rings in a log as text, all CPUs in one order of time, and as a trace for Perfetto.

usage: trace.py LOG STEM

LOG has the lines that the kernel prints with trace=1 (of a violation, a panic) or 2 (of any run), and the
explorer with --events. Writes STEM.txt and STEM.json, of further rings STEM-2.txt and so on, and prints the paths.

The JSON is in Chrome's trace-event format: https://ui.perfetto.dev opens it. Of each CPU one track has operations,
walks and flushes (B, E), points between which arrows go (X, s, t, f: IPIs, NMIs, INVLPGBs) and all other events (i); a
second one the stretches with IRQs off. The life of a withdrawn table is an async span (b, n, e) of that table's id.
"""
import json
import os
import re
import sys

from events import interrupts, irqs_off, operations, read

PID = 1
POINT_US = 1  # how long a point is at most, from which an arrow goes: it goes from span to span
# A withdrawn table: what happens on its way, and what ends it.
ON_ITS_WAY, GONE = ("SYNC_BEGIN", "SYNC_END"), ("TABLE_FREE", "DEPOSIT", "REPOPULATE", "REUSE")


def microseconds(rings, event):
    return round((event.time - rings.events[0].time) * rings.ns / 1e6, 3)


def what_is(event):
    """Its text without the brackets of a history."""
    return event.text.removeprefix("} ").removesuffix(" {")


def args(event, **more):
    """What is shown of a selected event: the text, the place in the sources, the context, the mark."""
    function, _, place = event.place.partition(" ")
    every = {"text": what_is(event), "function": function, "file": place, "context": event.context, "mark": event.mark, **more}
    return {"event": event.name, **{k: v for k, v in every.items() if v}}


class Chrome:
    """A trace, put together event by event."""

    def __init__(self, rings):
        self.rings, self.out = rings, []
        self.meta("process_name", 0, name=rings.title)
        for i, cpu in enumerate(rings.cpus):
            for tid, name in ((2 * cpu, f"CPU{cpu}"), (2 * cpu + 1, f"CPU{cpu} IRQs off")):
                self.meta("thread_name", tid, name=name)
                self.meta("thread_sort_index", tid, sort_index=2 * i + tid % 2)

    def meta(self, what, tid, **values):
        self.out.append({"ph": "M", "name": what, "pid": PID, "tid": tid, "ts": 0, "args": values})

    def add(self, ph, event, name, track=0, at=None, **more):
        """At the time of @event, or of @at, on its CPU."""
        self.out.append({"ph": ph, "name": name, "pid": PID, "tid": 2 * event.cpu + track,
                         "ts": microseconds(self.rings, at or event), **more})

    def span(self, first, last, name, track=0, **more):
        """From @first to @last, which the ring's newest event ends at the latest."""
        self.add("B", first, name, track, **more)
        more = {} if last else {"args": {"open": "at the end of the trace"}}
        self.add("E", first, name, track, last or self.rings.events[-1], **more)

    def spans(self):
        for off in irqs_off(self.rings.events):
            self.span(*off, "IRQs off", 1, cat="irqs", args=args(off[0]))

    def cpu(self, cpu, points):
        """In the order of its events: spans lie in one another, which their order has to say if times are equal."""
        own = [e for e in self.rings.events if e.cpu == cpu]
        ends, begins = {}, set()
        for op in operations(own):
            begins.add(op[0])
            ends.setdefault(op[1], []).insert(0, op[0])
        for event, after in zip(own, own[1:] + [None]):
            for first in ends.get(event, []):
                self.add("E", first, what_is(first), at=event, args=args(event))
            if event in begins:
                self.add("B", event, what_is(event), cat="operation", args=args(event))
            elif event in points:
                until = microseconds(self.rings, after) if after else microseconds(self.rings, event) + POINT_US
                self.add("X", event, what_is(event), cat="interrupt", args=args(event),
                         dur=round(min(POINT_US, until - microseconds(self.rings, event)), 3))
            elif event not in {e for e in ends if e}:
                self.add("i", event, what_is(event), s="t", cat="event", args=args(event))
        for first in ends.get(None, []):
            self.add("E", first, what_is(first), at=self.rings.events[-1], args={"open": "at the end of the trace"})

    def arrow(self, number, interrupt, took):
        """From the sender to one handler and, if it waited, back."""
        common = {"cat": "interrupt", "id": number}
        self.add("s", interrupt.sent, interrupt.what, **common)
        if interrupt.done:
            self.add("t", took, interrupt.what, **common)
            self.add("f", interrupt.done, interrupt.what, bp="e", **common)
        else:
            self.add("f", took, interrupt.what, bp="e", **common)

    def tables(self):
        """From WITHDRAW on, by the table's frame."""
        lives = {}

        def end(begun, event, **more):
            self.add("e", begun, name_of(begun), at=event, cat="table", id=hex(begun.words[0]), **more)

        def name_of(begun):
            return re.sub(r"^withdraw (table \w+).*", r"\1 withdrawn", what_is(begun))

        for event in self.rings.events:
            table = event.words[0]
            if event.name == "WITHDRAW":
                if table in lives:
                    end(lives[table], event, args=args(event))
                lives[table] = event
                self.add("b", event, name_of(event), cat="table", id=hex(table), args=args(event))
            elif table in lives and event.name in ON_ITS_WAY:
                self.add("n", event, what_is(event), cat="table", id=hex(table), args=args(event))
            elif table in lives and event.name in GONE:
                end(lives.pop(table), event, args=args(event))
        for begun in lives.values():
            end(begun, self.rings.events[-1], args={"open": "at the end of the trace"})

    def whole(self):
        every = [(i, took) for i in interrupts(self.rings.events) for took in i.took]
        points = {e for i, took in every for e in (i.sent, took, i.done) if e}
        # In a step of the sort's order, spans first: an arrow is bound to one.
        self.spans()
        for cpu in self.rings.cpus:
            self.cpu(cpu, points)
        for number, (interrupt, took) in enumerate(every, 1):
            self.arrow(number, interrupt, took)
        self.tables()
        self.out.sort(key=lambda e: e["ts"])
        return {"traceEvents": self.out, "displayTimeUnit": "ns",
                "otherData": {"title": self.rings.title, "names": ", ".join(self.rings.names)}}


def text(rings):
    """A line for each event."""
    lines = [f"# {rings.title}", *[f"# {names}" for names in rings.names], "# microseconds  CPU  context  event  < place"]
    depth = dict.fromkeys(rings.cpus, 0)
    inside = {id(e): d + 1 for op in operations(rings.events) for e, d in ((op[0], op[2]),)}
    ends = {id(op[1]): op[2] for op in reversed(operations(rings.events)) if op[1]}
    for event in rings.events:
        depth[event.cpu] = ends.get(id(event), depth[event.cpu])
        line = f"{microseconds(rings, event):14.3f}  CPU{event.cpu:<3} {event.flags} {'  ' * depth[event.cpu]}{event.text}"
        depth[event.cpu] = inside.get(id(event), depth[event.cpu])
        lines.append(f"{line:<90}" + "".join(f"  < {t}" for t in (event.place, event.mark) if t))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def write(path, body):
    """Complete, or not at all: another run may write the same one."""
    with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as file:
        file.write(body)
    os.replace(file.name, path)


def main(log, stem):
    """Returns the exit status."""
    with open(log, encoding="utf-8", errors="replace") as file:
        every = [rings for rings in read(file)[1] if rings.events]
    if not every:
        print(f"trace.py: {log} has no events: nothing is red, or the image has no hooks (FLAVOUR=bench); no trace is written", file=sys.stderr)
        return 1
    for i, rings in enumerate(every, 1):
        path = stem if i == 1 else f"{stem}-{i}"
        try:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            write(f"{path}.txt", text(rings))
            write(f"{path}.json", json.dumps(Chrome(rings).whole(), indent=None, separators=(",", ":")).replace('{"ph"', '\n{"ph"') + "\n")
        except OSError as error:
            print(f"trace.py: {path}: {error.strerror}: the trace is not written", file=sys.stderr)
            return 2
        print(f"# trace: {path}.txt, and for https://ui.perfetto.dev {path}.json")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
