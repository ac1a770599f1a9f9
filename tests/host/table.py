# SPDX-License-Identifier: GPL-2.0
"""Reads the table at the end of a torture run, by the names in its own heading."""
import re

VERDICTS = ("sound", "unsound", "redundant", "bounded", "needed", "not needed")


class Row:
    def __init__(self, name, cells, verdict):
        self.name, self.cells, self.verdict = name, cells, verdict

    def numbers(self, column):
        """Every cell under that heading, from left to right; None for "-"."""
        return [v for c, v in self.cells if c == column]


class Table:
    def __init__(self, out):
        self.rows = {}
        self.wide = []
        lines = out.splitlines()
        heads = [i for i, line in enumerate(lines) if re.match(r"operation\s", line)]
        self.found = bool(heads)
        if not self.found:
            return
        first = heads[-1]
        columns = lines[first].split()[1:]
        last = first
        for last in range(first + 1, len(lines)):
            words = lines[last].split()
            if len(words) < 3 or words[0] == "walks" or not re.match(r"[\d,.-]+$", words[1]):
                break
            cells = []
            for column, word in zip(columns[:-1], words[1:]):
                cells.append((column, None if word == "-" else float(word.replace(",", ""))))
            self.rows[words[0]] = Row(words[0], cells, " ".join(words[len(columns):]))
        self.wide = [l for l in lines[max(0, first - 2) : last + 1] if len(l) > 72]
        walks = re.search(r"^walks ([\d,]+) on (\d+) of (\d+) CPUs", out, re.M)
        self.walks = walks and tuple(int(g.replace(",", "")) for g in walks.groups())

    def total(self, column):
        return sum(v or 0 for row in self.rows.values() for v in row.numbers(column))
