#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Turns the KTAP in a serial log into TAP for prove, and checks that it is consistent.

usage: ktap.py [--status N] [LOG]

KTAP nests by indentation; TAP as prove reads it is flat, so each innermost result
becomes one line, named by its path. A log is refused (a "not ok" line that says why)
when it is cut off, has no plan, numbers results twice or out of order, has a parent that
passes although a child failed, or holds no result; and with --status, when the run ended
with another status than 0.
"""
import argparse
import re
import sys

VERSION = re.compile(r"^( *)KTAP version \d+$")
PLAN = re.compile(r"^( *)1\.\.(\d+)(?:\s+#\s*SKIP\b\s*(.*))?$", re.I)
RESULT = re.compile(r"^( *)(not ok|ok)\b(?: +(\d+))?(?: +-)?(?: +([^#]*?))?\s*(?:# *(.*))?$")


class Level:
    """One level of nesting: its plan, and what has been seen of it."""

    def __init__(self, indent):
        self.indent = indent
        self.plan = None
        self.skip = None
        self.seen = 0
        self.numbers = set()
        self.failed = []
        self.first = None  # index of its first result: children still to be named


class Log:
    """The contents of a log: results (path, passed, skip reason or None) and refusals."""

    def __init__(self):
        self.results = []
        self.refusals = []

    def refuse(self, text):
        self.refusals.append(text)

    @property
    def passed(self):
        return bool(self.results) and not self.refusals and all(r[1] for r in self.results)


def close(log, level, where):
    """At the end of a level: is it complete?"""
    if level.plan is None:
        log.refuse(f"{where}: no plan")
    elif level.seen != level.plan:
        log.refuse(f"{where}: {level.seen} of {level.plan} results: cut off")
    elif level.plan == 0 and level.skip is None:
        log.refuse(f"{where}: nothing was tested")


def finish_parent(log, child, name, passed, number):
    """A result at the outer level ends a nested one: they must agree."""
    where = name or f"test {number}"
    close(log, child, where)
    for i in range(child.first, len(log.results)):
        path, good, skip = log.results[i]
        log.results[i] = (f"{where}.{path}", good, skip)
    if passed and child.failed:
        log.refuse(f"{where}: passed, although {child.failed[0]} in it failed")
    if not passed and not child.failed:
        log.refuse(f"{where}: failed, although nothing in it did")


def parse(text):
    """Reads a whole serial log."""
    log = Log()
    stack = []
    begun = False

    def level_at(indent):
        if not stack or indent > stack[-1].indent:
            stack.append(Level(indent))
            stack[-1].first = len(log.results)
        return stack[-1]

    for raw in text.splitlines():
        line = raw.rstrip("\r ")
        match = VERSION.match(line)
        if match:
            indent = len(match.group(1))
            if begun and indent == 0:
                log.refuse("a second KTAP header: two logs in one, or the machine started twice")
            begun = True
            level_at(indent)
            continue
        if not begun:
            continue
        match = PLAN.match(line)
        if match:
            level = level_at(len(match.group(1)))
            if level.indent != len(match.group(1)):
                log.refuse(f"a plan in the middle of another level: {line.strip()}")
            elif level.plan is not None:
                log.refuse(f"a second plan: {line.strip()}")
            else:
                level.plan = int(match.group(2))
                level.skip = match.group(3)
                if level.plan == 0 and level.skip is not None:
                    log.results.append(("all", True, level.skip or "no reason given"))
            continue
        match = RESULT.match(line)
        if not match:
            continue
        indent, verdict, number, name, directive = match.groups()
        name = (name or "").strip()
        passed = verdict == "ok"
        directive = (directive or "").strip()
        skip = None
        if re.match(r"skip\b", directive, re.I):
            skip = directive[4:].strip() or "no reason given"
        if re.match(r"todo\b", directive, re.I):
            passed = True
        child = None
        while len(stack) > 1 and stack[-1].indent > len(indent):
            if child is not None:
                log.refuse(f"{name or number}: a level of nesting ends without its result")
            child = stack.pop()
        level = level_at(len(indent))
        if number is None:
            log.refuse(f"a result without a number: {line.strip()}")
            number = level.seen + 1
        number = int(number)
        if number in level.numbers:
            log.refuse(f"number {number} twice: {line.strip()}")
        elif number != level.seen + 1:
            log.refuse(f"number {number} where {level.seen + 1} was due: {line.strip()}")
        level.numbers.add(number)
        level.seen += 1
        if level.plan is None:
            log.refuse(f"a result before its plan: {line.strip()}")
        if child is not None:
            finish_parent(log, child, name, passed, number)
        else:
            log.results.append((name or f"test {number}", passed, skip))
        if not passed:
            level.failed.append(name or f"test {number}")

    if not begun:
        log.refuse("no KTAP in the log")
    while stack:
        level = stack.pop()
        if stack:
            log.refuse("the log ends inside a nested test: cut off")
        else:
            close(log, level, "the log")
    return log


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--status", type=int, help="how the run ended")
    args.add_argument("log", nargs="?", help="default: standard input")
    opts = args.parse_args()
    if opts.log:
        with open(opts.log, encoding="utf-8", errors="replace") as file:
            text = file.read()
    else:
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    log = parse(text)
    # The run is red but the log shows no failure: report the status.
    if opts.status and (opts.status != 1 or all(r[1] for r in log.results)):
        log.refuse(f"the run ended with status {opts.status}")
    number = 0
    for path, passed, skip in log.results:
        number += 1
        reason = "" if skip is None else f" # SKIP {skip}"
        print(f"{'ok' if passed else 'not ok'} {number} - {path}{reason}")
    for text in log.refusals:
        number += 1
        print(f"not ok {number} - log refused: {text}")
    print(f"1..{number}")
    return 0 if log.passed else 1


if __name__ == "__main__":
    sys.exit(main())
