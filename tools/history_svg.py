#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Draws the histories of violations as SVG: two CPUs side by side, time downwards.

usage: history_svg.py LOG OUT.svg

LOG has the "# event" lines that the explorer prints with --history line, and the kernel with
history=line (tests/oracle/history_print.c). A second history of the log goes into OUT-2.svg,
and so on. Prints the paths.
"""
import os
import sys
from html import escape

from events import interrupts, irqs_off, operations, read

COLOURS = {"OP_BEGIN": "#9aa5b1", "WALK_BEGIN": "#2f6fde", "FLUSH_BEGIN": "#2e9d57"}  # of operations

TEXT, PLACE = 12, 10  # heights of the two fonts
ROW, FOLD, TOP = 34, 20, 84
AXIS = (470, 670)  # x of the CPUs: CPU0's events stand to its left, CPU1's to its right
WIDTH, GAP = 1140, 30
RED, GREY, INK = "#c62828", "#6b7480", "#1d242b"


class Drawing:
    """SVG, put together piece by piece."""

    def __init__(self):
        self.parts = []

    def add(self, tag, body=None, **attributes):
        """One element; class_ is the attribute class, a_b is a-b."""
        text = "".join(f' {k.rstrip("_").replace("_", "-")}="{escape(str(v))}"' for k, v in attributes.items())
        self.parts.append(f"<{tag}{text}/>" if body is None else f"<{tag}{text}>{escape(body)}</{tag}>")

    def text(self, x, y, body, size=TEXT, **attributes):
        """A line of text, whose blanks count."""
        self.add("text", body, x=x, y=y, font_size=size, **attributes)

    def line(self, x1, y1, x2, y2, **attributes):
        """A straight line."""
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def lay_out(history, keep):
    """Sets lane and y of each event; those that are not kept share a row with others. Returns (rows of what is left out, the height)."""
    y, more, folds = TOP, [0, 0], []
    for event in history.events:
        event.lane = history.cpus.index(event.cpu)

    def fold():
        nonlocal y
        if any(more):
            folds.append((y, list(more)))
            y += FOLD
        more[:] = 0, 0

    for event in history.events:
        if event in keep:
            fold()
            event.y = y
            y += ROW
        else:
            more[event.lane] += 1
            event.y = y
    fold()
    return folds, y


def draw_event(d, event):
    """The event's text outside of its CPU's line, below it in small type where it came from."""
    left = event.lane == 0
    x = AXIS[event.lane] + (-GAP if left else GAP)
    anchor = {"text_anchor": "end"} if left else {}
    place = " ".join(p for p in (event.place, f"({event.context})" if event.context else "") if p)
    if event.mark:
        d.add("rect", x=6 if left else x - 6, y=event.y - 14, width=x if left else WIDTH - x, height=ROW - 4, rx=4,
              fill="#fdecea", class_="mark")
        d.add("circle", cx=AXIS[event.lane], cy=event.y - 3, r=5, fill=RED)
    else:
        d.add("circle", cx=AXIS[event.lane], cy=event.y - 3, r=3, fill=INK)
    d.text(x, event.y, event.text.removesuffix(" {"), fill=INK, font_weight="bold" if event.mark else "normal", **anchor)
    label = f"{event.mark}: " if event.mark and place else event.mark
    d.text(x, event.y + PLACE + 2, label + place, PLACE, fill=RED if event.mark else GREY, **anchor)


def draw_arrow(d, sent, taken, what):
    """From one CPU's line to the other's."""
    x1, x2 = AXIS[sent.lane], AXIS[taken.lane]
    towards = 1 if x2 > x1 else -1
    d.line(x1 + 8 * towards, sent.y - 3, x2 - 8 * towards, taken.y - 3, stroke="#7b3fb5", stroke_width=1.6,
           marker_end="url(#head)", class_="arrow")
    d.text((x1 + x2) / 2, (sent.y + taken.y) / 2 - 10, what, PLACE, fill="#7b3fb5", text_anchor="middle")


def bar(d, first, last, end, x, width, **attributes):
    """From the row of the first event to that of the last; what has not ended goes on to the end."""
    y = first.y - 10
    d.add("rect", x=x, y=y, width=width, height=(last.y + 2 if last else end) - y, **attributes)


def draw_legend(d, history, y):
    """What the colours mean, and the names."""
    x = 20
    for colour, what in (("#f2b84b", "IRQs off"), ("#2f6fde", "page walk"), ("#2e9d57", "flush"), ("#9aa5b1", "operation"), (RED, "what the violation is about")):
        d.add("rect", x=x, y=y - 9, width=10, height=10, fill=colour)
        d.text(x + 16, y, what, PLACE + 1, fill=INK)
        x += 40 + 7 * len(what)
    for i, names in enumerate(history.names):
        d.text(20, y + 18 * (i + 1), names, PLACE + 1, fill=GREY)


def draw(history):
    """The whole picture."""
    arrows = [(i.sent, took, i.what) for i in interrupts(history.events) for took in i.took]
    keep = {e for e in history.events if e.shown} | {e for sent, took, _ in arrows for e in (sent, took)}
    ops = operations(history.events)
    keep |= {op[1] for op in ops if op[1] and op[0] in keep}
    folds, end = lay_out(history, keep)
    height = end + 30 + 18 * len(history.names) + 14
    d = Drawing()
    d.add("rect", x=0, y=0, width=WIDTH, height=height, fill="white")
    d.text(20, 28, history.title, 14, fill=RED, font_weight="bold")
    for lane, cpu in enumerate(history.cpus):
        d.text(AXIS[lane], 56, f"CPU{cpu}", 13, fill=INK, font_weight="bold", text_anchor="middle")
        d.line(AXIS[lane], 64, AXIS[lane], end, stroke="#c3cad1", stroke_width=2)
    for first, last in irqs_off(history.events):
        bar(d, first, last, end, AXIS[first.lane] - 5, 10, rx=3, fill="#f2b84b", class_="irqs-off")
    for first, last, depth in ops:
        out = (10 + 5 * min(depth, 2)) * (1 if first.lane else -1)
        bar(d, first, last, end, AXIS[first.lane] + out - 1, 3, fill=COLOURS[first.name], class_="operation")
    for event in [e for e in history.events if e in keep]:
        draw_event(d, event)
    for sent, took, what in arrows:
        draw_arrow(d, sent, took, what)
    for y, more in folds:
        for lane, number in enumerate(more):
            if number:
                x = AXIS[lane] + (-GAP if lane == 0 else GAP)
                d.text(x, y - 2, f"... {number} more", PLACE, fill=GREY, text_anchor="start" if lane else "end")
    draw_legend(d, history, end + 24)
    head = ('<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
            '<path d="M0 0 L10 5 L0 10 z" fill="#7b3fb5"/></marker></defs>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
            f' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace">\n{head}\n' + "\n".join(d.parts) + "\n</svg>\n")


def main(log, out):
    """Returns the exit status."""
    with open(log, encoding="utf-8", errors="replace") as file:
        histories, _ = read(file)
    if not histories:
        print(f"history_svg.py: {log} has no history: nothing is red, or its lines (history=line) are not there; "
              f"{out} is not written", file=sys.stderr)
        return 1
    stem, ending = os.path.splitext(out)
    for i, history in enumerate(histories):
        path = out if not i else f"{stem}-{i + 1}{ending}"
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(draw(history))
        except OSError as error:
            print(f"history_svg.py: {path}: {error.strerror}: say another file", file=sys.stderr)
            return 2
        print(f"# history: {path}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
